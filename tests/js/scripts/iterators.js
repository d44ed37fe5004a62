// Generators
function* g() { const x = yield 1; yield x; return 3; } const i = g(); return [i.next('dropped'), i.next('in'), i.next(), i.next()];
function* g() { try { yield 1; } finally { yield 'f'; } } return [[...g()], Object.prototype.toString.call(g())];
const log = []; function* g() { try { yield 1; yield 2; } finally { log.push('end'); } } const i = g(); return [i.next(), i.return(7), i.next(), log];
function* g() { yield 1; } const i = g(); return [i.return(5), i.next(), i.return(6)];
function* g() { try { yield 1; } catch (e) { yield e + '!'; } } const i = g(); i.next(); return [i.throw('x'), i.next()];
function* g() { yield 1; } const i = g(); i.next(); i.throw(new RangeError('r'));
function* g() { yield 1; } const i = g(); try { i.throw(5); } catch (e) { return [e, i.next()]; }
function* g() { yield* [1, 2]; return 'r'; } const i = g(); return [i.next(), i.next(), i.next(), i[Symbol.iterator]() === i, i instanceof Iterator];
let i; function* g() { i.next(); yield 1; } i = g(); i.next();
const log = []; function* g() { try { yield 1; yield 2; } finally { log.push('closed'); } } for (const v of g()) { log.push(v); break; } return log;
const log = []; function* g() { try { yield 1; yield 2; } finally { log.push('closed'); } } const [a] = g(); return [a, log];
function* g() { yield 1; yield 2; yield 3; } return [Array.from(g()), new Set(g()), Math.max(...g()), Object.fromEntries(new Map([[1, 2]])), [...g().map(x => x * 2)]];
// Iterator
Iterator()
new Iterator()
[Iterator.name, Iterator.length, Iterator.from.length, Iterator.prototype[Symbol.toStringTag], Object.prototype.toString.call(Iterator.prototype)]
['drop', 'every', 'filter', 'find', 'flatMap', 'forEach', 'map', 'reduce', 'some', 'take', 'toArray'].map(n => [Iterator.prototype[n].name, Iterator.prototype[n].length])
const i = [1].values(); return [Iterator.from(i) === i, Iterator.from('ab').toArray(), Iterator.from(new Set([1])).toArray(), Iterator.from({next() { return {done: true}; }}).toArray()];
const w = Iterator.from({next() { return {value: 1, done: false}; }, return() { return {x: 1}; }}); return [w instanceof Iterator, w.next(), w.return(), Object.prototype.toString.call(w)];
Iterator.from(5)
Iterator.from(null)
Iterator.from({}).next() // name only
Iterator.from({[Symbol.iterator]: 5}) // name only
[1, 2, 3].values().map((x, i) => [x, i]).toArray()
[1, 2, 3, 4].values().filter(x => x % 2).toArray()
[[1, 2, 3].values().take(2).toArray(), [1, 2].values().take(5).toArray(), [1].values().take(0).toArray(), [1, 2].values().take(Infinity).toArray(), [1, 2, 3].values().take(1.9).toArray()]
[[1, 2, 3].values().drop(2).toArray(), [1, 2].values().drop(5).toArray(), [1].values().drop(0).toArray(), [1].values().drop(Infinity).toArray()]
[1, 2].values().flatMap((x, i) => [x, i]).toArray()
[1].values().flatMap(x => 'abc').toArray()
[1].values().flatMap(x => x).toArray()
[[1, 2, 3].values().reduce((a, b) => a + b), [1, 2].values().reduce((a, b, i) => a + b + i, 10), [1].values().reduce(() => 0), [].values().reduce(() => 0, 'x')]
[].values().reduce((a, b) => a)
const seen = []; const r = [7, 8].values().forEach((v, i) => seen.push([v, i])); return [seen, r];
[[1, 2].values().some(x => x > 1), [1].values().some(x => x > 1), [1, 2].values().every(x => x > 0), [1, 2].values().every(x => x > 1), [1, 2].values().find(x => x > 1), [1].values().find(x => x > 1)]
[].values().take(-1)
[].values().take(NaN)
[].values().take()
[].values().drop('x')
[].values().drop(-0.5).toArray()
[].values().take(1n) // name only
[].values().map(1)
[].values().filter()
[].values().forEach('x')
[].values().reduce({})
Iterator.prototype.map.call(5, x => x)
Iterator.prototype.toArray.call(null)
Iterator.prototype.take.call('ab', 1)
Iterator.prototype.map.call({next() { return {value: 1, done: this.d = !this.d}; }, d: true}, x => x + 1).toArray()
const h = [1, 2].values().map(x => x); return [Object.prototype.toString.call(h), h instanceof Iterator, h.next(), h.return(), h.next(), h.return(), h[Symbol.iterator]() === h];
const p = Object.getPrototypeOf([].values().map(x => x)); return [p.next.name, p.next.length, p.return.length, p[Symbol.toStringTag], Object.getPrototypeOf(p) === Iterator.prototype];
const log = []; const it = Object.assign(Object.create(Iterator.prototype), {next() { log.push('next'); return {value: log.length, done: false}; }, return() { log.push('return'); return {}; }}); return [[...it.take(2)], log];
const log = []; const it = {next() { log.push('next'); return {value: 1, done: false}; }, return() { log.push('return'); return {}; }}; const h = Iterator.prototype.map.call(it, () => { throw new Error('m'); }); try { h.next(); } catch (e) { log.push(e.message); } return [log, h.next()];
const log = []; const it = {next() { log.push('next'); return {value: 1, done: false}; }, return() { log.push('return'); return {}; }}; return [[...Iterator.prototype.take.call(it, 2)], log];
const log = []; const it = {next() { return {value: 1, done: false}; }, return() { log.push('return'); return {}; }}; const h = Iterator.prototype.filter.call(it, () => true); return [h.return(), h.next(), log];
const log = []; const it = {next() { return {value: 1, done: false}; }, return() { log.push('return'); return {}; }}; return [Iterator.prototype.some.call(it, () => true), Iterator.prototype.every.call(it, () => false), Iterator.prototype.find.call(it, () => true), log];
const log = []; const it = {next() { log.push('next'); return {value: 1, done: false}; }, return() { log.push('return'); throw new Error('inner'); }}; try { Iterator.prototype.forEach.call(it, () => { throw new Error('outer'); }); } catch (e) { return [e.message, log]; }
const log = []; const it = {next() { throw new Error('n'); }, return() { log.push('return'); return {}; }}; try { Iterator.prototype.toArray.call(it); } catch (e) { return [e.message, log]; }
const it = {next() { return 5; }}; Iterator.prototype.toArray.call(it);
const it = {next: 5}; Iterator.prototype.toArray.call(it); // name only
const log = []; const it = {get next() { log.push('get'); return () => ({done: true}); }}; Iterator.prototype.map.call(it, x => x).toArray(); return log;
const outer = {next() { return {value: [1, 2].values(), done: false}; }, return() { return {}; }}; return Iterator.prototype.flatMap.call(outer, x => x).take(5).toArray();
const log = []; const inner = {[Symbol.iterator]() { return {next() { return {value: 1, done: false}; }, return() { log.push('inner'); return {}; }}; }}; const it = {next() { return {value: inner, done: false}; }, return() { log.push('outer'); return {}; }}; const h = Iterator.prototype.flatMap.call(it, x => x); h.next(); h.return(); return log;
let h; const it = {next() { return h.next(); }}; h = Iterator.prototype.map.call(it, x => x); h.next();
const i = [1, 2, 3].values().map(x => x * 2); i.next(); return [...i];
[...[1, 2, 3, 4, 5, 6].values().filter(x => x % 2 === 0).map(x => x * x).drop(1).take(1)]
const log = []; const i = [1, 2].values(); i[Symbol.dispose] ? i[Symbol.dispose]() : 0; return i.next();
const log = []; const it = {return() { log.push('r'); return {}; }}; Iterator.prototype[Symbol.dispose].call(it); return log;
Iterator.concat([1], new Set([2]), 'x') // name only
[...Iterator.concat([1, 2], new Set([3]), [])]
// The protocol
const it = {[Symbol.iterator]() { return {next() { return 5; }}; }}; return [...it];
const it = {[Symbol.iterator]() { return 5; }}; return [...it]; // name only
for (const x of 5) { } return 1; // name only
const [a] = {}; return a; // name only
new Set({[Symbol.iterator]: () => ({})}) // name only
const it = {i: 0, next() { this.i += 1; return {value: this.i, done: this.i > 2}; }, [Symbol.iterator]() { return this; }}; return [Array.from(it), Array.from(it)];
Object.fromEntries([['a', 1]].values())
const w = Iterator.from({next() { return 5; }}); w.next();
const w = Iterator.from({next() { return {value: 1, done: false}; }}); return [w.return(), w.next()];
const log = []; const w = Iterator.from({next() { return {value: 1, done: false}; }, return() { log.push('r'); return {}; }}); for (const x of w) { break; } return log;
[Object.prototype.toString.call('a'[Symbol.iterator]()), [...'a\u{1F600}'], 'ab'[Symbol.iterator]().next(), [...'aXbX'.matchAll(/X/g)].map(m => m.index), Object.prototype.toString.call('a'.matchAll(/a/g)), 'a'.matchAll(/a/g).next().done]
[1].values().flatMap(x => new String('ab')).toArray()
