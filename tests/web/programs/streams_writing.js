const sink = new WritableStream({
    start(c) { log('start', c.signal.aborted); },
    async write(chunk, c) { log('write', chunk); await null; log('wrote', chunk); },
    close() { log('close'); },
    abort(reason) { log('abort', reason); },
}, { highWaterMark: 2 });
log(sink.locked);
const w = sink.getWriter();
log(sink.locked, w.desiredSize);
w.ready.then(() => log('ready'));
const one = w.write('a');
log(w.desiredSize);
const two = w.write('b');
log(w.desiredSize);
const late = w.ready;
late.then(() => log('ready again', w.desiredSize));
one.then(() => log('one'));
two.then(() => log('two'));
const closing = w.close();
closing.then(() => log('closing'));
w.closed.then(() => log('closed'));
await w.write('c').catch(e => log('no more', e.name));
await w.closed;
log(w.desiredSize);
w.releaseLock();
try { w.desiredSize; } catch (error) { log(error.name); }
await w.write('x').catch(e => log(e.name));
await w.closed.catch(e => log(e.name));

const failing = new WritableStream({ write() { throw 'full'; } });
const f = failing.getWriter();
const results = [f.write(1), f.write(2), f.close()];
for (const each of results) await each.catch(e => log('failed', e));
await f.closed.catch(e => log('closed', e));
await f.ready.catch(e => log('ready', e));
log(f.desiredSize);
await f.abort('x');

let controller;
const aborted = new WritableStream({ start(c) { controller = c; c.signal.addEventListener('abort', () => log('signal', c.signal.reason)); }, write() { return new Promise(() => {}); }, abort(reason) { log('abort', reason); } });
const g = aborted.getWriter();
const stuck = g.write('stuck');
await null; await null; await null;
stuck.catch(e => log('stuck', e));
const ending = g.abort('enough');
ending.then(() => log('ended'), e => log('end failed', e));
await g.ready.catch(e => log('ready', e));
log(g.desiredSize);

const simple = new WritableStream({ abort(reason) { log('abort', reason); } });
await simple.abort('A');
await simple.close().catch(e => log(e.name));
await simple.getWriter().closed.catch(e => log('closed', e));
const errored = new WritableStream({ start(c) { c.error('E'); } });
await errored.getWriter().closed.catch(e => log('closed', e));
const unstarted = new WritableStream({ start() { return Promise.reject('no start'); } });
await unstarted.getWriter().write('x').catch(e => log('write', e));
try { new WritableStream({ type: 'bytes' }); } catch (error) { log(error.name); }
try { new WritableStream({}, { highWaterMark: -1 }); } catch (error) { log(error.name); }
const badsize = new WritableStream({}, { size() { throw 'size'; } });
await badsize.getWriter().write('x').catch(e => log('write', e));
const locked = new WritableStream();
locked.getWriter();
await locked.abort().catch(e => log(e.name));
await locked.close().catch(e => log(e.name));
try { locked.getWriter(); } catch (error) { log(error.name); }
