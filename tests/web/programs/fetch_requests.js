const q = new Request('http://h.example/p?q#f', { method: 'post', body: 'x', headers: [['a', 'b']], redirect: 'manual', credentials: 'omit' });
log(q.url, q.method, q.redirect, q.credentials, q.mode, q.cache, q.headers.get('content-type'), q.headers.get('a'), q.signal.aborted);
log(await q.clone().text(), q.bodyUsed);
const second = new Request(q, { headers: { c: 'd' } });
log(second.url, second.method, second.headers.get('a'), second.headers.get('c'), q.bodyUsed, await second.text());
try { new Request(q); } catch (e) { log(e.name); }
for (const [url, init] of [['/x'], ['http://u:p@h/'], ['::'], ['http://h', { method: 'TRACE' }], ['http://h', { method: 'a b' }], ['http://h', { body: 'x' }], ['http://h', { method: 'HEAD', body: 'x' }], ['http://h', { mode: 'navigate' }], ['http://h', { redirect: 'x' }], ['http://h', { signal: 5 }]]) {
    try { new Request(url, init); log('made', url); } catch (e) { log(e.name, url); }
}
log(new Request('http://h', { method: 'patch' }).method, new Request('http://h', { method: 'put' }).method);
const controller = new AbortController();
const bound = new Request('http://h', { signal: controller.signal });
controller.abort('no');
log(bound.signal.aborted, bound.signal.reason, bound.signal === controller.signal);
await fetch(bound).catch(e => log('aborted', e));
await fetch('/relative').catch(e => log(e.name));
const data = await fetch('data:text/plain;charset=utf-8,h%C3%A9');
log(data.status, data.headers.get('content-type'), await data.text());
log(await (await fetch('data:;base64,aGk=')).text());
const b = new Blob(['ab', new Uint8Array([99]), new Blob(['d'])], { type: 'Text/X' });
log(b.size, b.type, await b.text(), await b.slice(1, -1).text(), b.slice(1, 2, 'q/r').type, (await b.bytes()).join());
const f = new File(['x'], 'n.txt', { type: 't/u', lastModified: 5 });
log(f.name, f.size, f.type, f.lastModified, f instanceof Blob, Object.prototype.toString.call(f));
log(await new Response(b.stream()).text(), new Blob(['a\nb'], { endings: 'transparent' }).size);
for (const wrong of [5, 'x', null]) { try { new Blob(wrong); log('made'); } catch (e) { log(e.name); } }
const form = new FormData();
form.append('a', 1); form.append('b', b, 'name'); form.append('c', b); form.set('a', 'x'); form.append('a', 'y');
log(form.get('a'), form.getAll('a'), form.get('b').name, form.get('c').name, form.get('none'), form.has('a'), [...form.keys()]);
form.delete('a');
log([...form].length);
try { form.append('x', 'text', 'name'); log('made'); } catch (e) { log(e.name); }
