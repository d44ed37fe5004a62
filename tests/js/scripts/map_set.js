[new Map(), new Map([[1, 'a'], ['1', 'b'], [1n, 'c'], [true, 'd'], [undefined, 'e'], [null, 'f']]), new Map(null), new Map(undefined)]
const m = new Map([[1, 'a'], ['1', 'b'], [1n, 'c'], [true, 'd'], [undefined, 'e'], [null, 'f'], [0, 'g'], [false, 'h'], ['', 'i'], [0n, 'j']]); return [m.size, m.get(1), m.get('1'), m.get(1n), m.get(true), m.get(undefined), m.get(), m.get(null), m.get(-0), m.get(false), m.get(''), m.get(0n)];
const m = new Map([[NaN, 1]]); m.set(NaN, 2); m.set(-0, 3); return [m, m.get(NaN), m.get(0), Object.is([...m.keys()][1], 0)];
const a = {}, b = [], f = () => 1, s = Symbol('s'); const m = new Map([[a, 1], [b, 2], [f, 3], [s, 4]]); return [m.get(a), m.get({}), m.get(b), m.get([]), m.get(f), m.get(s), m.has(Symbol('s'))];
const m = new Map(); return [m.set('a', 1) === m, m.set('b', 2).set('a', 3), m.delete('a'), m.delete('a'), m, m.clear(), m.size, m.has('b')];
const m = new Map([['a', 1], ['b', 2]]); m.delete('a'); m.set('a', 3); return [...m];
const m = new Map([['a', 1], ['b', 2]]); return [[...m], [...m.keys()], [...m.values()], [...m.entries()], Map.prototype.entries === Map.prototype[Symbol.iterator]];
const m = new Map([['a', 1]]); const seen = []; const r = m.forEach(function (v, k, map) { seen.push([v, k, map === m, this]); }, 'ctx'); return [seen, r];
const m = new Map([[1, 1], [2, 2], [3, 3]]); const seen = []; for (const [k] of m) { seen.push(k); if (k === 1) { m.delete(2); m.set(4, 4); } if (k === 4) m.set(5, 5); } return seen;
const m = new Map([[1, 1], [2, 2], [3, 3]]); const i = m.keys(); i.next(); i.next(); m.delete(2); m.delete(1); return [i.next(), i.next(), i.next()];
const m = new Map([[1, 1], [2, 2]]); const i = m.keys(); i.next(); m.clear(); m.set(7, 7); return [i.next(), i.next()];
const m = new Map([[1, 1]]); const i = m.keys(); i.next(); i.next(); m.set(2, 2); return i.next();
const m = new Map([[1, 1], [2, 2], [3, 3]]); const seen = []; m.forEach((v, k) => { seen.push(k); m.delete(k); if (seen.length < 5) m.set(k, v); }); return seen;
const m = new Map([[1, 1]]); const seen = []; for (const [k] of m) { seen.push(k); m.clear(); if (seen.length < 3) m.set(seen.length + 1, 0); } return seen;
[Object.prototype.toString.call(new Map), Object.prototype.toString.call(new Map().keys()), Object.prototype.toString.call(new Set().values()), new Map() + '']
[Map.name, Map.length, Map.groupBy.length, Map[Symbol.species] === Map, new Map instanceof Map, new Map().constructor === Map, new Set instanceof Set]
['clear', 'delete', 'entries', 'forEach', 'get', 'has', 'keys', 'set', 'values'].map(n => [Map.prototype[n].name, Map.prototype[n].length])
['add', 'clear', 'delete', 'difference', 'entries', 'forEach', 'has', 'intersection', 'isDisjointFrom', 'isSubsetOf', 'isSupersetOf', 'keys', 'symmetricDifference', 'union', 'values'].map(n => [Set.prototype[n].name, Set.prototype[n].length])
const d = Object.getOwnPropertyDescriptor(Map.prototype, 'size'); return [typeof d.get, d.get.name, d.set, d.enumerable, d.configurable];
Map()
Set()
new Map(5)
new Map([1])
new Map([[1, 2], 3])
new Map({})
new Map([{0: 'k', 1: 'v'}])
new Map('ab')
Map.prototype.get.call({}, 1)
Map.prototype.set.call(new Set, 1, 2)
Map.prototype.get.call(5, 1)
Map.prototype.has.call(undefined, 1)
Set.prototype.add.call([], 1)
Set.prototype.has.call(new Map, 1)
new Map().forEach(5)
new Map([[1, 2]]).size = 5; // name only
new Map([[1, 2]]).size = 5 // name only
const log = []; const it = {[Symbol.iterator]() { return this; }, next() { return {value: 1, done: false}; }, return() { log.push('closed'); return {}; }}; try { new Map(it); } catch (e) { log.push(e.message); } return log;
Map.groupBy([1, 2, 3, 4], x => x % 2 ? 'odd' : 'even')
Map.groupBy([0, -0, NaN, NaN], x => x)
Map.groupBy('aba', (c, i) => c + i)
Map.groupBy([1], 1)
Map.groupBy(null, x => x)
const m = new Map([['a', {b: 1}]]); m.x = 5; return [m.x, Object.keys(m), JSON.stringify(m), Object.entries(m)];
const m = new Map(); m.set(m, m); return [m.get(m) === m, m.size];
// Set
[new Set(), new Set([1, 1, '1', 1n, NaN, NaN, -0, 0, undefined, null, true]), new Set('aba'), new Set(null)]
const s = new Set(); return [s.add(1) === s, s.add(1).add(2), s.has(1), s.has('1'), s.delete(1), s.delete(1), s.size, s.clear(), s.size];
const s = new Set(['a', 'b']); return [[...s], [...s.keys()], [...s.values()], [...s.entries()], Set.prototype.keys === Set.prototype.values, Set.prototype[Symbol.iterator] === Set.prototype.values];
const s = new Set([1]); const seen = []; s.forEach(function (v, k, set) { seen.push([v, k, set === s, this]); }, 7); return seen;
const s = new Set([1, 2, 3]); const seen = []; for (const v of s) { seen.push(v); s.delete(v); if (v < 3) s.add(v + 10); } return seen;
const s = new Set([-0]); return [Object.is([...s][0], 0), s.has(-0)];
new Set(5)
new Set({})
const log = []; const it = {[Symbol.iterator]() { return this; }, next() { return {value: 1, done: log.length > 1}; }, return() { log.push('closed'); return {}; }}; const add = Set.prototype.add; Set.prototype.add = () => { throw new Error('no'); }; try { new Set(it); } catch (e) { log.push(e.message); } finally { Set.prototype.add = add; } return log;
const a = new Set([1, 2, 3]), b = new Set([3, 4]); return [a.union(b), a.intersection(b), a.difference(b), a.symmetricDifference(b), a.isSubsetOf(b), a.isSupersetOf(b), a.isDisjointFrom(b), b.difference(a), b.intersection(a)];
const a = new Set([1, 2, 3]), b = new Set([2, 1]); return [b.isSubsetOf(a), a.isSupersetOf(b), a.isSubsetOf(b), a.isSubsetOf(a), new Set().isSubsetOf(a), a.isDisjointFrom(new Set([5])), new Set([5, 6, 7, 8]).isDisjointFrom(a), b.intersection(a), a.intersection(b), b.union(a)];
new Set([1, 2]).union(new Map([[2, 'x'], [3, 'y']]))
new Set([1]).union([1])
new Set([1]).union({size: NaN})
new Set([1]).union({size: 1})
new Set([1]).union({size: 1, has() {}})
new Set([1]).union({size: -1, has() {}, keys() {}})
new Set([1]).union({size: 1, has() {}, keys() { return 5; }}) // name only
new Set([1]).union(5) // name only
const log = []; const other = {size: 1, has(v) { log.push(['has', v]); return false; }, keys() { log.push('keys'); return [9].values(); }}; const s = new Set([1, 2]); return [s.difference(other), s.intersection(other), s.isDisjointFrom(other), s.isSupersetOf(other), log];
const log = []; const other = {size: 5, has(v) { log.push(['has', v]); return v === 1; }, keys() { log.push('keys'); return [].values(); }}; const s = new Set([1, 2]); return [s.difference(other), s.intersection(other), s.isDisjointFrom(other), s.isSubsetOf(other), log];
const log = []; const keys = {next() { return {value: 9, done: false}; }, return() { log.push('closed'); return {}; }}; return [new Set([1, 2]).isSupersetOf({size: 1, has() {}, keys: () => keys}), log];
new Set([NaN, 0]).union(new Set([NaN, -0]))
const m = new Map([[1, 'a']]); Map.prototype.set = 5; try { return new Map([[1, 2]]); } catch (e) { return e.name; } finally { delete Map.prototype.set; }
