// The web's values in Rust, on the crate `webby`.
return {
    imports: {},
    cases: {
        'URLs': g => {
            for (const [text, base] of [['https://user:p@exämple.org:8080/a b/../c?q=1%202#f'], ['../x?q=', 'http://a/b/c'],
                ['http://[::1]:80/'], ['mailto:a@b'], ['file:///C|/x'], ['HTTP://EXAMPLE.com:443'], ['a:b?q=é']])
                attempt(() => g.url_parts(text, base));
            attempt(() => { try { g.url_parts('x'); } catch (error) { return [error.name, error.code]; } });
            const url = new URL('https://a/b?x=1#h');
            see(g.extend_url(url, 'y', 'a b&'), url.search, url.pathname, g.extend_url(url, 'é', ''));
        },
        'queries': g => {
            see(g.sorted_query([['b', '1'], ['a', '2 3'], ['b', '0'], ['é', '&']]), g.sorted_query([]));
            attempt(() => { try { g.sorted_query([['a']]); } catch (error) { return error.name; } });
        },
        'encodings': g => {
            see(g.recode('é😀'), g.recode(''), g.recode('\ufeffa'));
            see(g.decode('utf-8', new Uint8Array([0xef, 0xbb, 0xbf, 65])), g.decode('latin1', new Uint8Array([0xe4, 0x7f])));
            see(g.decode('utf-16le', new Uint8Array([65, 0])), g.decode('utf-16be', new Uint8Array([0, 65])));
            for (const [label, ...bytes] of [['utf-8', 0xff], ['nothing', 65], ['utf-16le', 0, 0xd8]])
                attempt(() => { try { return g.decode(label, new Uint8Array(bytes)); } catch (error) { return error.name; } });
            see(g.base64('YQ=='), g.base64('é'), g.base64('ab'), g.base64('%'), g.base64(''));
        },
        'digests': async g => {
            for (const name of ['SHA-1', 'SHA-256', 'sha-512']) await attempt(() => g.digest(name, new Uint8Array([1, 2])));
            await attempt(async () => { try { await g.digest('MD5', new Uint8Array(0)); } catch (error) { return error.name; } });
            see(g.random(5).length, g.random(0).length, g.uuid().length, g.uuid()[14]);
        },
        'timers': async g => {
            see((await g.sleep(5)) >= 4);
        },
        'events': g => {
            const counter = new g.Counter(false), once = new g.Counter(true);
            see(counter.add(1), counter.add(2), once.add(1), once.add(2));
            counter.target.addEventListener('add', event => see(event.type, event.detail, event.target === counter.target));
            see(counter.add(5));
            counter.target.dispatchEvent(new Event('other'));
            see(counter.add(0));
        },
        'aborting': async g => {
            const [before, after, reason] = g.abort({ why: 1 });
            see(before, after, reason);
            const [, , usual] = g.abort(undefined);
            see(usual.name, usual.message, usual.code, usual instanceof DOMException);
            const controller = new AbortController();
            const waiting = g.when_aborted(controller.signal);
            setTimeout(() => controller.abort('done'), 1);
            see(await waiting);
        },
        'clones': g => {
            const value = { a: [1, { b: new Date(5) }], m: new Map([[1, new Set(['x'])]]), u: undefined, n: null };
            value.self = value;
            const copy = g.clone(value);
            see(copy !== value, copy.self === copy, copy.a, copy.a[1].b.getTime(), copy.m.get(1).has('x'), 'u' in copy);
            see(g.clone(5n), g.clone('x'), g.clone(new Uint8Array([1, 2])), g.clone(new RangeError('r')));
            for (const each of [() => 1, Symbol('s'), { f() {} }])
                attempt(() => { try { return g.clone(each); } catch (error) { return [error.name, error.code]; } });
        },
        'no window': g => see(g.has_window(), g.measured() >= 0),
    },
};
