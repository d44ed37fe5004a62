const order = [];
const pulls = [];
const lazy = new ReadableStream({ pull(c) { log('pull'); c.enqueue(pulls.push(1)); } }, { highWaterMark: 0 });
const r = lazy.getReader();
const [one, two] = [r.read(), r.read()];
one.then(x => log('one', x.value));
two.then(x => log('two', x.value));
Promise.resolve().then(() => log('micro'));
await two;
const pending = r.read();
r.releaseLock();
await pending.then(x => log('kept', x.value), e => log('released', e.name));
log(lazy.locked);

const async_pull = new ReadableStream({
    async pull(c) { log('asked'); await null; c.enqueue('late'); log('gave'); },
}, { highWaterMark: 2 });
await null; await null; await null; await null;
const reader = async_pull.getReader();
log((await reader.read()).value);
log((await reader.read()).value);

const from = ReadableStream.from(['x', Promise.resolve('y'), 'z']);
const f = from.getReader();
for (let i = 0; i < 4; i++) { const { value, done } = await f.read(); log(value, done); }
for (const wrong of [5, null, undefined, {}]) { try { ReadableStream.from(wrong); log('made'); } catch (error) { log(error.name); } }
log((await ReadableStream.from('hi').getReader().read()).value);

const source = new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); }, pull(c) { log('tee pull'); c.close(); }, cancel(reason) { log('cancelled', reason.length, reason[0], reason[1]); } });
const [left, right] = source.tee();
log(source.locked);
const [a, b] = [left.getReader(), right.getReader()];
log((await a.read()).value, (await b.read()).value, (await a.read()).value);
log((await b.read()).value, (await a.read()).done, (await b.read()).done);

const other = new ReadableStream({ cancel(reason) { log('cancelled', reason[0], reason[1]); return 'x'; } });
const [p, q] = other.tee();
const first = p.cancel('P');
first.then(v => log('first', v));
await null;
log('still waiting');
log(await q.cancel('Q'));
const bad = new ReadableStream({ start(c) { c.enqueue(1); }, pull() { throw 'broken'; } }, { highWaterMark: 1 });
const [s, t] = bad.tee();
const sr = s.getReader();
log((await sr.read()).value);
await sr.read().catch(e => log('s', e));
await t.getReader().closed.catch(e => log('t', e));
