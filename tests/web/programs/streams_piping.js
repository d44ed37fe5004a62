const from = (...items) => new ReadableStream({ start(c) { for (const item of items) c.enqueue(item); c.close(); } });
const into = (name, extra) => new WritableStream({ write(chunk) { log(name, chunk); }, close() { log(name, 'closed'); }, abort(reason) { log(name, 'aborted', reason); }, ...extra });
await from(1, 2, 3).pipeTo(into('plain'));
const kept = into('kept');
await from(1).pipeTo(kept, { preventClose: true });
log(kept.locked);
await from(2).pipeTo(kept);
const broken = new ReadableStream({ start(c) { c.enqueue('x'); }, pull() { throw 'source'; } }, { highWaterMark: 1 });
await broken.pipeTo(into('after error')).catch(e => log('pipe', e));
const keep = into('keep');
await new ReadableStream({ start(c) { c.error('e'); } }).pipeTo(keep, { preventAbort: true }).catch(e => log('pipe', e));
log(keep.locked);
const full = new WritableStream({ write() { throw 'sink'; } });
let gone = false;
const endless = new ReadableStream({ pull(c) { c.enqueue('more'); }, cancel(reason) { log('source cancelled', reason); } });
await endless.pipeTo(full).catch(e => log('pipe', e));
log(endless.locked, full.locked);
const controller = new AbortController();
const slow = new ReadableStream({ cancel(reason) { log('cancelled', reason); } });
const piping = slow.pipeTo(into('slow'), { signal: controller.signal });
await null;
controller.abort('stop');
await piping.catch(e => log('piping', e));
const before = new AbortController();
before.abort('early');
await from(1).pipeTo(into('early'), { signal: before.signal }).catch(e => log('early', e));
const closed = into('closed already');
await closed.close();
await from(1).pipeTo(closed).then(() => {}, () => {});
await from(1).pipeTo(5).catch(e => log(e.name));
await from(1).pipeTo(into('x'), { signal: 5 }).catch(e => log(e.name));

const upper = new TransformStream({
    start(c) { log('start', c.desiredSize); },
    transform(chunk, c) { if (chunk === 'skip') return; if (chunk === 'end') return c.terminate(); c.enqueue(chunk.toUpperCase()); },
    flush(c) { log('flush'); c.enqueue('!'); },
});
const reader = from('a', 'skip', 'b').pipeThrough(upper).getReader();
for (let i = 0; i < 4; i++) { const { value, done } = await reader.read(); log(value, done); }
const cut = from('a', 'end', 'b').pipeThrough(new TransformStream({ transform(chunk, c) { if (chunk === 'end') c.terminate(); else c.enqueue(chunk); } })).getReader();
log((await cut.read()).value, (await cut.read()).done);
const same = new TransformStream();
const writer = same.writable.getWriter();
log(writer.desiredSize);
const wrote = writer.write('through');
wrote.then(() => log('wrote'));
const back = same.readable.getReader();
log((await back.read()).value);
await wrote;
writer.close();
log((await back.read()).done);
const wrong = new TransformStream({ transform() { throw 'bad chunk'; } });
const ww = wrong.writable.getWriter();
ww.write('x').catch(e => log('write', e));
await wrong.readable.getReader().read().catch(e => log('read', e));
await ww.closed.catch(e => log('closed', e));
const aborted = new TransformStream({ cancel(reason) { log('transformer cancelled', reason); } });
await aborted.writable.abort('A');
await aborted.readable.getReader().closed.catch(e => log('readable', e));
const cancelled = new TransformStream({ cancel(reason) { log('transformer cancelled', reason); } });
await cancelled.readable.cancel('C');
await cancelled.writable.getWriter().closed.catch(e => log('writable', e));
try { new TransformStream({ start() { throw 'start'; } }); } catch (e) { log(e); }
try { new TransformStream({ readableType: 'x' }); } catch (e) { log(e.name); }
try { from(1).pipeThrough({}); } catch (e) { log(e.name); }
