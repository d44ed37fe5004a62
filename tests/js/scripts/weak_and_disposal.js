const k = {}, m = new WeakMap(); return [m.set(k, 1) === m, m.get(k), m.has(k), m.get({}), m.delete(k), m.delete(k), m.has(k), m.get(k)];
const k = {}; return new WeakMap([[k, 5]]).get(k);
const f = () => 1, a = [], s = Symbol('s'); const m = new WeakMap([[f, 'f'], [a, 'a'], [s, 's'], [Math, 'm'], [Array, 'A'], [Map.prototype.get, 'get']]); return [m.get(f), m.get(a), m.get(s), m.get(Math), m.get(Array), m.get(Map.prototype.get), m.get([])];
new WeakMap().set(1, 1)
new WeakMap().set('a', 1)
new WeakMap().set(Symbol.for('a'), 1)
new WeakMap().set(null, 1)
[new WeakMap().get(1), new WeakMap().has('a'), new WeakMap().delete(null)]
new WeakMap([[1, 2]])
new WeakMap([5])
new WeakMap(5)
WeakMap()
WeakMap.prototype.get.call(new Map, {})
WeakSet.prototype.add.call({}, {})
const k = {}, s = new WeakSet([k]); return [s.has(k), s.add(k) === s, s.has({}), s.delete(k), s.has(k)];
new WeakSet().add(5)
new WeakSet([5])
WeakSet()
const m = new WeakMap(), k = Object.freeze({}); m.set(k, k); return m.get(k) === k;
const a = new WeakMap(), b = new WeakMap(), k = {}; a.set(k, 1); b.set(k, 2); return [a.get(k), b.get(k), a.delete(k), b.get(k), Object.keys(k), Reflect.ownKeys(k)];
const t = {a: 1}; const r = new WeakRef(t); return [r.deref() === t, Object.prototype.toString.call(r), WeakRef.length, WeakRef.prototype.deref.length];
new WeakRef(1)
new WeakRef()
WeakRef({})
WeakRef.prototype.deref.call({})
new FinalizationRegistry()
new FinalizationRegistry({})
FinalizationRegistry(() => 1)
const r = new FinalizationRegistry(() => 1), o = {}, t = {}; return [r.register(o, 'h'), r.register(o, 'h', t), r.unregister(t), r.unregister(t), Object.prototype.toString.call(r), r.register.length, r.unregister.length];
new FinalizationRegistry(() => 1).register(5)
const o = {}; new FinalizationRegistry(() => 1).register(o, o);
new FinalizationRegistry(() => 1).register({}, 1, 5)
new FinalizationRegistry(() => 1).unregister(5)
[WeakMap, WeakSet, WeakRef, FinalizationRegistry].map(c => [c.name, c.length, Object.prototype.toString.call(c.prototype), c.prototype.constructor === c])
['delete', 'get', 'has', 'set'].map(n => WeakMap.prototype[n].length)
// DisposableStack
const log = []; const s = new DisposableStack(); s.defer(() => log.push('d')); const r = s.use({[Symbol.dispose]() { log.push('u'); }}); s.adopt('v', v => log.push(v)); return [s.disposed, s.dispose(), s.disposed, s.dispose(), log, typeof r];
const s = new DisposableStack(); return [s.use(null), s.use(undefined), s.adopt(5, () => 1), s.defer(() => 1)];
new DisposableStack().use({})
new DisposableStack().use(5)
new DisposableStack().use({[Symbol.dispose]: 5})
new DisposableStack().adopt(1, 2)
new DisposableStack().defer()
const s = new DisposableStack(); s.dispose(); s.use(null);
const s = new DisposableStack(); s.dispose(); s.adopt(1, () => 1);
const s = new DisposableStack(); s.dispose(); s.move();
const log = []; const s = new DisposableStack(); s.defer(() => log.push(1)); s.defer(() => log.push(2)); const t = s.move(); return [s.disposed, t.disposed, s.dispose(), log.length, t[Symbol.dispose](), log];
const s = new DisposableStack(); s.defer(() => { throw new Error('a'); }); s.defer(() => { throw new Error('b'); }); s.defer(() => { throw new Error('c'); }); try { s.dispose(); } catch (e) { return [e.name, e.message, e.error.message, e.suppressed.name, e.suppressed.error.message, e.suppressed.suppressed.message, s.disposed]; }
const s = new DisposableStack(); s.defer(() => { throw 5; }); try { s.dispose(); } catch (e) { return e; }
const s = new DisposableStack(); s.use({get [Symbol.dispose]() { return function () { this.done = 1; }; }}); return s.dispose();
[DisposableStack.name, DisposableStack.length, Object.prototype.toString.call(new DisposableStack), DisposableStack.prototype[Symbol.dispose] === DisposableStack.prototype.dispose, AsyncDisposableStack.prototype[Symbol.asyncDispose] === AsyncDisposableStack.prototype.disposeAsync]
['adopt', 'defer', 'dispose', 'move', 'use'].map(n => [DisposableStack.prototype[n].name, DisposableStack.prototype[n].length])
DisposableStack()
DisposableStack.prototype.dispose.call({})
(async () => { const log = []; const s = new AsyncDisposableStack(); s.defer(async () => { log.push('d'); }); s.use({[Symbol.asyncDispose]: async () => { log.push('a'); }}); s.use({[Symbol.dispose]() { log.push('s'); }}); s.adopt(1, async v => { log.push(v); }); s.use(null); const p = s.disposeAsync(); return [s.disposed, await p, log, await s.disposeAsync()]; })()
(async () => { const s = new AsyncDisposableStack(); s.defer(async () => { throw new Error('a'); }); s.defer(() => { throw new Error('b'); }); try { await s.disposeAsync(); } catch (e) { return [e.name, e.error.message, e.suppressed.message]; } })()
(async () => { const s = new AsyncDisposableStack(); await s.disposeAsync(); try { s.defer(() => 1); } catch (e) { return e; } })()
new AsyncDisposableStack().use({})
new AsyncDisposableStack().use(5)
AsyncDisposableStack()
// SuppressedError and the other errors
const e = new SuppressedError(1, 2, 'm'); return [e.error, e.suppressed, e.message, e.name, e instanceof Error, e instanceof SuppressedError, SuppressedError.length, Object.getPrototypeOf(SuppressedError) === Error, String(e)];
[new SuppressedError().message, SuppressedError(1).error, new SuppressedError(1, 2).suppressed]
const e = new AggregateError([1, 'a'], 'm', {cause: 3}); return [e.errors, e.message, e.cause, AggregateError.length, e.name, Object.prototype.toString.call(e)];
new AggregateError(5)
new AggregateError()
[Error.isError(new Error), Error.isError(new TypeError), Error.isError({}), Error.isError(Object.create(Error.prototype)), Error.isError('e'), Error.isError()]
[Error.name, Error.length, TypeError.length, Error.isError.length, Error.captureStackTrace.length, typeof Error.stackTraceLimit, Error.prototype.name, Error.prototype.message, TypeError.prototype.name]
const before = Error.stackTraceLimit; Error.stackTraceLimit = 3; const r = Error.stackTraceLimit; Error.stackTraceLimit = before; return [before, r, Error.stackTraceLimit];
const o = {}; const r = Error.captureStackTrace(o); return [r, typeof o.stack, Object.keys(o), Object.getOwnPropertyNames(o)];
const o = {name: 'N', message: 'm'}; Error.captureStackTrace(o); return [...o.stack].slice(0, 4).join('');
const e = new Error('m'); Error.captureStackTrace(e); return [...e.stack].slice(0, 8).join('');
Error.captureStackTrace(1)
Error.captureStackTrace(Object.freeze({})) // name only
[String(new Error('m')), String(new Error), String(new TypeError('t')), new RangeError('r') + '', Error.prototype.toString.call({name: 'N', message: 'M'}), Error.prototype.toString.call({}), Error.prototype.toString.call({name: '', message: 'x'}), Error.prototype.toString.call({name: 'n', message: ''})]
Error.prototype.toString.call(5)
[new Error('m', {cause: 0}).cause, 'cause' in new Error('m'), new Error('m', 5).cause, new Error(undefined).message, 'message' in new Error(), Object.hasOwn(new Error(), 'message'), Object.hasOwn(new Error('x'), 'message')]
const e = new Error('m'); e.name = 'Mine'; e.message = 'changed'; e.extra = 1; return [String(e), e.extra, Object.hasOwn(e, 'name'), Object.hasOwn(new TypeError('x'), 'name'), Object.hasOwn(e, 'extra')];
const e = new Error('m'); return [Object.getOwnPropertyDescriptor(e, 'message'), Object.getOwnPropertyNames(e).includes('stack'), Object.keys(e)];
const e = Error('m'); return [e instanceof Error, Object.getPrototypeOf(e) === Error.prototype, Object.prototype.toString.call(e), typeof e.stack];
new Error(Symbol())
