const say = (...values) => log(...values);
const stream = new ReadableStream({
    start(c) { say('start', c.desiredSize); c.enqueue('a'); c.enqueue('b'); say('size', c.desiredSize); },
    pull(c) { say('pull', c.desiredSize); c.enqueue('p'); c.close(); },
    cancel(reason) { say('cancel', reason); },
}, { highWaterMark: 3 });
say(stream.locked, stream instanceof ReadableStream, Object.prototype.toString.call(stream));
const reader = stream.getReader();
say(stream.locked);
try { stream.getReader(); } catch (error) { say(error.name); }
reader.closed.then(() => say('closed'));
for (let i = 0; i < 5; i++) {
    const { value, done } = await reader.read();
    say('read', value, done);
}
reader.releaseLock();
say(stream.locked);
try { await reader.read(); } catch (error) { say('released', error.name); }
try { await reader.closed; } catch (error) { say('closed now', error.name); }

const failing = new ReadableStream({ pull(c) { c.error('bad'); } }, { highWaterMark: 0 });
const second = failing.getReader();
second.closed.catch(reason => say('closed with', reason));
const waiting = second.read();
await waiting.catch(reason => say('read failed', reason));
await second.read().catch(reason => say('and again', reason));

const thrower = new ReadableStream({ start(c) { c.enqueue(1); }, pull() { throw new RangeError('in pull'); } }, { highWaterMark: 5 });
await Promise.resolve();
await Promise.resolve();
await thrower.getReader().read().then(r => say('got', r.value), e => say(e.name, e.message));
try { new ReadableStream({ start() { throw new Error('in start'); } }); } catch (error) { say(error.message); }
await new ReadableStream({ start() { return Promise.reject('later'); } }).getReader().closed.catch(reason => say('start', reason));

let given;
const cancelled = new ReadableStream({ start(c) { given = c; c.enqueue(1); }, cancel(reason) { say('cancel', reason); return 'ignored'; } });
say(await cancelled.cancel('why'));
try { given.enqueue(2); } catch (error) { say('enqueue', error.name); }
try { given.close(); } catch (error) { say('close', error.name); }
say(await cancelled.cancel('again'));
await new ReadableStream({ cancel() { throw 'cannot'; } }).cancel().catch(reason => say('cancel failed', reason));
const locked = new ReadableStream();
locked.getReader();
await locked.cancel().catch(error => say('locked', error.name));

const sized = new ReadableStream({ start(c) { c.enqueue('four'); say(c.desiredSize); c.enqueue(''); say(c.desiredSize); } }, { highWaterMark: 10, size(chunk) { return chunk.length; } });
say((await sized.getReader().read()).value);
for (const size of [-1, NaN, Infinity, undefined]) {
    let c;
    const bad = new ReadableStream({ start(controller) { c = controller; } }, { size() { return size; } });
    try { c.enqueue('x'); say('fine'); } catch (error) { say(error.name); }
    await bad.getReader().closed.catch(error => say('closed', error.name));
}
for (const mark of [-1, NaN, 'x']) {
    try { new ReadableStream({}, { highWaterMark: mark }); say('made'); } catch (error) { say(error.name); }
}
for (const wrong of [null, 5, 'x']) {
    try { new ReadableStream(wrong); say('made'); } catch (error) { say(error.name); }
}
try { new ReadableStream({ type: 'other' }); } catch (error) { say(error.name); }
try { new ReadableStream({ pull: 5 }); } catch (error) { say(error.name); }
say(new CountQueuingStrategy({ highWaterMark: 4 }).highWaterMark, new CountQueuingStrategy({ highWaterMark: 4 }).size('abc'));
say(new ByteLengthQueuingStrategy({ highWaterMark: 4 }).size({ byteLength: 7 }));
try { new CountQueuingStrategy(); } catch (error) { say(error.name); }
