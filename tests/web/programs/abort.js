const controller = new AbortController();
const { signal } = controller;
log(signal.aborted, signal.reason, signal.onabort, signal instanceof EventTarget, controller.signal === signal);
signal.throwIfAborted();
signal.addEventListener('abort', event => log('listener', event.type, event.isTrusted, event.target === signal, signal.aborted));
signal.onabort = event => log('handler', event.type);
signal.onabort = event => log('handler two', event.type);
controller.abort();
controller.abort('again');
log(signal.aborted, signal.reason, signal.reason.code);
try { signal.throwIfAborted(); } catch (error) { log(error === signal.reason); }

const reasons = new AbortController();
reasons.abort({ why: 1 });
log(reasons.signal.reason);
const zero = new AbortController();
zero.abort(0);
log(zero.signal.reason);
log(AbortSignal.abort().reason, AbortSignal.abort('r').reason, AbortSignal.abort().aborted);
try { new AbortSignal(); } catch (error) { log(error.name); }
try { AbortController(); } catch (error) { log(error.name); }

const [a, b] = [new AbortController(), new AbortController()];
const any = AbortSignal.any([a.signal, b.signal]);
any.addEventListener('abort', () => log('any', any.reason));
const nested = AbortSignal.any([any]);
nested.addEventListener('abort', () => log('nested', nested.reason, any.aborted));
a.signal.addEventListener('abort', () => log('source', any.aborted, nested.aborted));
b.signal.addEventListener('abort', () => log('b', b.signal.reason));
a.abort('A');
b.abort('B');
log(any.reason, nested.reason, AbortSignal.any([]).aborted, AbortSignal.any([AbortSignal.abort(1), a.signal]).reason);
for (const wrong of [5, [5], undefined]) {
    try { AbortSignal.any(wrong); } catch (error) { log(error.name); }
}
for (const wrong of [-1, NaN, Infinity, 2 ** 53]) {
    try { AbortSignal.timeout(wrong); log('made'); } catch (error) { log(typeof error.name); }
}
const timeout = AbortSignal.timeout(5);
timeout.addEventListener('abort', () => log('timeout', timeout.reason.name, timeout.reason.code, timeout.reason instanceof DOMException));
log(timeout.aborted);
setTimeout(() => log('after', timeout.aborted), 30);

const removed = new AbortController();
removed.signal.onabort = () => log('never');
removed.signal.onabort = null;
removed.abort();
log(removed.signal.onabort);
