const r = new Response('héllo', { status: 201, statusText: 'Made', headers: { 'x-y': 'z' } });
log(r.status, r.statusText, r.ok, r.type, r.url, r.redirected, r.bodyUsed, r.headers.get('content-type'), r.headers.get('x-y'));
const copy = r.clone();
log(await r.text(), r.bodyUsed, copy.bodyUsed);
await r.text().catch(e => log(e.name));
try { r.clone(); } catch (e) { log(e.name); }
log([...new Uint8Array(await copy.arrayBuffer())]);
log(await new Response('{"a":[1,null]}').json());
await new Response('{').json().catch(e => log(e.name));
log((await new Response(new Uint8Array([1, 2, 3])).bytes()).join());
log(await new Response(new URLSearchParams({ a: '1 2' })).text(), new Response(new URLSearchParams()).headers.get('content-type'));
const blob = await new Response('x', { headers: { 'content-type': 'Text/Plain' } }).blob();
log(blob.size, blob.type, await blob.text());
const form = await new Response(new URLSearchParams('a=1&b=2&a=3')).formData();
log([...form].map(pair => pair.join('=')));
const sent = new FormData();
sent.append('name', 'va"lue\nx'); sent.append('file', new Blob(['data'], { type: 'a/b' }), 'f.txt'); sent.append('name', 'two');
const multi = new Response(sent);
log(multi.headers.get('content-type').startsWith('multipart/form-data; boundary='));
const back = await multi.formData();
log(back.getAll('name'), back.get('file').name, back.get('file').type, await back.get('file').text());
await new Response('x').formData().catch(e => log(e.name));
const stream = new ReadableStream({ start(c) { c.enqueue(encoded('ab')); c.enqueue(encoded('cd')); c.close(); } });
function encoded(text) { return new Uint8Array([...text].map(c => c.charCodeAt(0))); }
const streamed = new Response(stream);
log(streamed.body === stream, streamed.bodyUsed, await streamed.text(), streamed.bodyUsed, stream.locked);
try { new Response(stream); } catch (e) { log(e.name); }
await new Response(new ReadableStream({ start(c) { c.enqueue('text'); c.close(); } })).text().catch(e => log(e.name));
await new Response(new ReadableStream({ start(c) { c.error('broken'); } })).text().catch(e => log(e));
const twice = new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array([65, 66])); c.close(); } }));
const other = twice.clone();
log(await twice.text(), await other.text());
log(new Response().body, new Response(null).bodyUsed, await new Response().text());
const known = new Response('ab');
const reader = known.body.getReader();
log((await reader.read()).value.join(), (await reader.read()).done, known.bodyUsed);
for (const status of [199, 600, 204, 304, 200.5]) { try { log(new Response(status === 204 ? 'x' : null, { status }).status); } catch (e) { log(e.name); } }
try { new Response('', { statusText: '\n' }); } catch (e) { log(e.name); }
const json = Response.json({ a: 1 }, { status: 202 });
log(json.status, json.headers.get('content-type'), await json.text());
try { Response.json(undefined); } catch (e) { log(e.name); }
const redirect = Response.redirect('http://x.y/z', 307);
log(redirect.status, redirect.headers.get('location'));
try { Response.redirect('http://x.y', 200); } catch (e) { log(e.name); }
try { Response.redirect('::'); } catch (e) { log(e.name); }
const error = Response.error();
log(error.type, error.status, error.ok);
