const show = r => r.done + ' ' + (r.value === undefined ? 'none' : r.value.constructor.name + ' ' + [...r.value].join());
const plain = new ReadableStream({ type: 'bytes', start(c) { log(c.desiredSize, c.byobRequest); c.enqueue(new Uint8Array([1, 2, 3])); c.enqueue(new Uint16Array([4, 5])); c.close(); } });
const p = plain.getReader();
log(show(await p.read())); log(show(await p.read())); log(show(await p.read()));

const moved = new Uint8Array([7, 8]);
const s = new ReadableStream({ type: 'bytes', start(c) { c.enqueue(moved); c.enqueue(new Uint8Array([9])); } });
log(moved.byteLength);
const byob = s.getReader({ mode: 'byob' });
const mine = new Uint8Array(2);
const got = await byob.read(mine);
log(show(got), mine.byteLength, got.value.buffer.byteLength);
log(show(await byob.read(new Uint8Array(10).subarray(3, 8))));
const waits = byob.read(new Uint8Array(2));
byob.releaseLock();
await waits.catch(e => log(e.name));

let pulls = 0;
const direct = new ReadableStream({ type: 'bytes', pull(c) {
    const request = c.byobRequest;
    log('pull', request === null ? 'no request' : request.view.byteLength);
    if (request === null) { c.enqueue(new Uint8Array([1])); return; }
    request.view[0] = 10 + pulls; request.view[1] = 20 + pulls;
    if (++pulls < 3) { request.respond(2); log(request.view); } else { c.close(); request.respond(0); }
} });
const d = direct.getReader({ mode: 'byob' });
log(show(await d.read(new Uint8Array(4))));
log(show(await d.read(new Uint16Array(2))));
const last = await d.read(new Uint8Array(3));
log(last.done, last.value.byteLength);
await d.closed;
log('closed');

const auto = new ReadableStream({ type: 'bytes', autoAllocateChunkSize: 4, pull(c) { log('auto', c.byobRequest.view.byteLength); c.byobRequest.view[0] = 5; c.byobRequest.respond(1); } });
log(show(await auto.getReader().read()));

const least = new ReadableStream({ type: 'bytes', pull(c) { c.enqueue(new Uint8Array([1])); } });
log(show(await least.getReader({ mode: 'byob' }).read(new Uint8Array(4), { min: 3 })));

const odd = new ReadableStream({ type: 'bytes', start(c) { c.enqueue(new Uint8Array([1, 2, 3])); } });
const o = odd.getReader({ mode: 'byob' });
log(show(await o.read(new Uint16Array(2))));
const cancelled = o.read(new Uint8Array(5));
await o.cancel('x');
log(show(await cancelled));

for (const make of [c => c.enqueue(new Uint8Array(0)), c => c.enqueue('x'), c => { c.close(); c.enqueue(new Uint8Array(1)); }]) {
    try { new ReadableStream({ type: 'bytes', start: make }); log('fine'); } catch (e) { log(e.name); }
}
const bad = new ReadableStream({ type: 'bytes' });
const b = bad.getReader({ mode: 'byob' });
for (const view of [5, new Uint8Array(0), new ArrayBuffer(4)]) await b.read(view).catch(e => log(e.name));
await b.read(new Uint8Array(2), { min: 3 }).catch(e => log(e.name));
await b.read(new Uint8Array(2), { min: 0 }).catch(e => log(e.name));
try { new ReadableStream().getReader({ mode: 'byob' }); } catch (e) { log(e.name); }
try { new ReadableStream().getReader({ mode: 'x' }); } catch (e) { log(e.name); }
try { new ReadableStream({ type: 'bytes' }, { size() {} }); } catch (e) { log(e.name); }
const failing = new ReadableStream({ type: 'bytes', pull(c) { c.error('bad'); } });
await failing.getReader({ mode: 'byob' }).read(new Uint8Array(1)).catch(e => log(e));
