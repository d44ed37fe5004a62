const cases = {
    protocol: ['https', 'http:', 'ftp', 'foo', 'https:rest', '', ':', '\u00e9', 'file', 'a b', '1x', 'wss'],
    username: ['me', '', 'a b', 'a:b@', '\u00e9', '\uD800'],
    password: ['secret', '', 'p/w?#', '%'],
    host: ['other', 'other:8080', 'other:', ':80', '', 'a b', 'h/path', 'h?q', '[::1]:5', '1.2', 'x:99999', '\u4F8B.jp', 'a@b'],
    hostname: ['other', 'other:8080', '', 'h/path', '[::1]', 'A.B', 'a\\b'],
    port: ['', '80', '443', '8080', '65536', '-1', '12x', 'x12', '0', ' 5', '\t9', '00081'],
    pathname: ['/a/b', 'a', '', '/../x', '/a?b#c', '\\x', '/%2e/y', ' '],
    search: ['?a=b', 'c=d', '', '?', 'x#y', '\u00e9 \''],
    hash: ['#a', 'b', '', '#', 'x y', '\u0000`'],
    href: ['http://new/', 'nonsense', '', 'mailto:x'],
};
for (const start of ['http://u:p@example.com:8000/path?query#hash', 'mailto:a@b.c', 'file:///x', 'foo://h/p']) {
    for (const [name, values] of Object.entries(cases)) {
        for (const value of values) {
            const url = new URL(start);
            try { url[name] = value; log(name, value, url.href); } catch (error) { log(name, value, error.name); }
        }
    }
}
for (const name of ['origin', 'searchParams']) {
    try { new URL('http://h')[name] = 'x'; log('sloppy'); } catch (error) { log(error.name); }
}
