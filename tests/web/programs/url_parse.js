const cases = [
    ['https://example.com/'], ['https:example.com'], ['https:\\\\example.com\\a\\b'], ['HTTPS://EXAMPLE.com:443/../x'],
    ['http://user:pass@host:8080/p/a/t/h?query=string#hash'], ['//host/x', 'https://base/'], ['/abs', 'https://base/a/b'],
    ['rel', 'https://base/a/b'], ['../up', 'https://base/a/b/c'], ['?q', 'https://base/a?b#c'], ['#f', 'https://base/a?b#c'],
    ['', 'https://base/a?b#c'], ['rel'], [''], ['http://'], ['http://[::1]:80/'], ['http://[1::2::3]'], ['http://256.256.256.256/'],
    ['http://0x7f.1/'], ['http://127.1/'], ['http://1.2.3.4.5/'], ['http://\u4F8B\u3048.jp/'], ['http://xn--fsq.jp/'], ['http://b\u00FCcher.de/'],
    ['http://a b/'], ['http://a%20b/'], ['http://ex%41mple.com/'], ['http://exa\u00ADmple.com'], ['mailto:a@b.c'], ['data:text/plain,Hello'],
    ['blob:https://example.com/uuid'], ['file:///C:/x/../y'], ['file:C|/x'], ['file://host/share'], ['javascript:alert(1)'], ['about:blank'],
    ['ftp://f:21/'], ['ws://w:80/'], ['wss://w:443/x'], ['foo://bar/baz?q#h'], ['foo:/bar'], ['foo:bar baz'], ['non-special://h:99999/'],
    ['http://h:65536/'], ['http://h:0/'], ['http://h:/'], ['http://u@/'], ['http://u:p@h/'], ['http://u%20:p%2F@h/'], ['http:///x'],
    ['  http://trim.me  \n'], ['ht\ntp://ne\twline/'], ['http://h/%7Efoo/~bar'], ['http://h/a%2fb/%zz'], ['http://h/\u00e9?\u00e9#\u00e9'],
    ['http://h/?a=b&c=d e'], ["http://h/?'\"<>`{}|^"], ['http://h/\'"<>`{}|^'], ['http://h/#\'"<>`{}|^'], ['http://h/a/./b/../c/%2e%2e/d'],
    ['http://h?x'], ['http://h#x'], ['http://h\\x'], ['x:', 'http://h'], ['http:x', 'http://h/a/'], ['https:x', 'http://h/a/'],
    ['http://\uD800/'], ['http://h/\uD800'], ['http://h', 'not a base'], ['x', 'mailto:a@b'], ['#f', 'mailto:a@b'], ['http://ho_st.com./'],
    ['http://1e2.3/'], ['http://%00/'], ['http://a<b'], ['http://a|b'], ['foo://h<b'], ['http://[::ffff:1.2.3.4]/'], ['http://[v1.x]/'],
    [' '], ['http://www.example.com:80x'], ['git://github.com:443'], ['http://faß.de/'], ['http://\u2100.com'],
];
for (const [input, base] of cases) {
    try {
        const url = base === undefined ? new URL(input) : new URL(input, base);
        log(input, base, [url.href, url.origin, url.protocol, url.username, url.password, url.host, url.hostname, url.port,
            url.pathname, url.search, url.hash], String(url) === url.href, url.toJSON());
    } catch (error) {
        log(input, base, error, error.code);
    }
    log(URL.canParse(input, base), URL.parse(input, base)?.href);
}
for (const wrong of [undefined, null, 5, {}]) {
    try { log(new URL(wrong).href); } catch (error) { log(error.name); }
}
log(new URL({ toString: () => 'http://object/' }).href, new URL(new URL('http://copy/x')).href, URL.parse('x'));
