// Making
[Array.isArray([]), Array.isArray({length: 0}), Array.isArray('a'), Array.isArray()]
[Array.of(), Array.of(7), Array.of(1, undefined, null)]
[Array(3).length, new Array(3).length, Array('3'), new Array(1, 2)]
new Array(-1)
new Array(1.5)
Array(2 ** 32)
[Array.from('a\u{1F600}b'), Array.from({length: 2, 0: 'x'}), Array.from(new Set([1, 1, 2]))]
Array.from([1, 2, 3], function (v, i) { return [v, i, this]; }, 'ctx')
Array.from({length: 3}, (v, i) => i * i)
Array.from([1], 1)
Array.from(null)
Array.from(undefined)
Array.from(5)
Array.from({length: -1})
Array.from({[Symbol.iterator]() { return 1; }}) // name only
Array.from({[Symbol.iterator]: 1})
const log = []; const it = {[Symbol.iterator]() { return this; }, next() { return {value: 1}; }, return() { log.push('closed'); return {}; }}; try { Array.from(it, () => { throw new Error('stop'); }); } catch (e) { log.push(e.message); } return log;
(async () => await Array.fromAsync([1, Promise.resolve(2), 3], async v => v * 2))()
(async () => await Array.fromAsync({length: 2, 0: Promise.resolve('a'), 1: 'b'}))()
(async () => await Array.fromAsync({[Symbol.asyncIterator]() { let i = 0; return {async next() { i += 1; return {value: i, done: i > 3}; }}; }}))()
(async () => { try { await Array.fromAsync(5); return 'none'; } catch (e) { return e; } })()
(async () => { try { await Array.fromAsync([Promise.reject(new Error('r'))]); } catch (e) { return e.message; } })()
(async () => { try { await Array.fromAsync(null); } catch (e) { return e.name; } })()
// Names and lengths
Object.getOwnPropertyNames(Array.prototype).filter(n => n !== 'length' && n !== 'constructor').sort().map(n => [n, Array.prototype[n].name, Array.prototype[n].length])
[Array.name, Array.length, Array.from.length, Array.of.length, Array.isArray.length, Array.fromAsync.length]
[Array.prototype[Symbol.iterator] === Array.prototype.values, Array[Symbol.species] === Array, [].constructor === Array, [] instanceof Array, [] instanceof Object]
// at, with
[[1, 2, 3].at(0), [1, 2, 3].at(-1), [1, 2, 3].at(3), [1, 2, 3].at(-4), [1, 2, 3].at('1'), [1, 2, 3].at(NaN), [1].at(1.9), [1].at(-0.5), [].at(0), [1].at(Infinity)]
[[1, 2, 3].with(0, 'x'), [1, 2, 3].with(-1, 'x'), [1, 2].with('1', 5)]
[].with(0, 1)
[1].with(1, 1)
[1].with(-2, 1)
[1].with(Infinity, 1)
Array.prototype.at.call(null)
Array.prototype.at.call({length: 2, 0: 'a', 1: 'b'}, -1)
Array.prototype.at.call('abc', 1)
// concat
[[1].concat(2, [3, [4]], 'x'), [].concat(), [1].concat([undefined]), [].concat({length: 1, 0: 'a'}).length]
[].concat({length: 2, 0: 'a', 1: 'b', [Symbol.isConcatSpreadable]: true})
const a = [1, 2]; a[Symbol.isConcatSpreadable] = false; return [[0].concat(a).length, [].concat(a)[0] === a];
Array.prototype.concat.call(5, 6).length
Array.prototype.concat.call(null)
// copyWithin, fill
[[1, 2, 3, 4, 5].copyWithin(0, 3), [1, 2, 3, 4, 5].copyWithin(1, 0, 3), [1, 2, 3, 4, 5].copyWithin(-2, -3, -1), [1, 2, 3, 4, 5].copyWithin(0), [1, 2, 3, 4, 5].copyWithin(2, 0), [1, 2, 3].copyWithin(5, 0)]
const o = Array.prototype.copyWithin.call({length: 5, 3: 1}, 0, 3); return [o[0], o[3], o.length];
[[1, 2, 3].fill(0), [1, 2, 3].fill(0, 1), [1, 2, 3].fill(0, -2, -1), [1, 2, 3].fill(0, 2, 1), [1, 2].fill(), [1, 2, 3].fill('x', NaN, undefined)]
const a = [1]; return a.fill(2) === a;
Array.prototype.fill.call({length: 3}, 4)
// entries, keys, values
[[...['a', 'b'].entries()], [...['a', 'b'].keys()], [...['a', 'b'].values()]]
const a = [1, 2]; const seen = []; for (const v of a) { seen.push(v); if (v < 4) a.push(v + 2); } return seen;
const a = [1, 2, 3]; const i = a.values(); i.next(); a.length = 1; const r = [i.next()]; a.push(9); r.push(i.next()); return r;
Object.prototype.toString.call([].values())
Object.prototype.toString.call([].entries())
const p = Object.getPrototypeOf([].values()); return [p[Symbol.toStringTag], p.next.name, p.next.length, Object.getPrototypeOf(p) === Iterator.prototype, [].keys().constructor === Iterator];
const i = [1].values(); return [i[Symbol.iterator]() === i, i instanceof Iterator, i.next(), i.next(), i.next()];
[...Array.prototype.values.call({length: 2, 0: 'a', 1: 'b'})]
Array.prototype.values.call(undefined)
[].values().next.call({})  // name only
// every, some, filter, find, forEach, map
[[1, 2].every(x => x > 0), [1, 2].every(x => x > 1), [].every(x => false), [1, 2].some(x => x > 1), [].some(x => true)]
[1, 2, 3].filter(function (x, i, a) { return this.min < x && a.length === 3 && i > 0; }, {min: 1})
[[1, 2, 3].find(x => x > 1), [1, 2].find(x => x > 5), [1, 2, 3].findIndex(x => x > 1), [1].findIndex(x => x > 5), [1, 2, 3].findLast(x => x < 3), [1, 2, 3].findLastIndex(x => x < 3), [1].findLast(x => false), [1].findLastIndex(x => false)]
const seen = []; const r = [1, 2].forEach((v, i, a) => seen.push([v, i, a.length])); return [seen, r];
[1, 2].map((x, i, a) => x + i + a.length)
const a = [1, 2, 3]; const seen = []; a.forEach(v => { seen.push(v); a.pop(); }); return seen;
const a = [1, 2, 3]; return a.map(v => { a.push(v); return v * 2; });
const a = [1, 2, 3]; return a.map(v => { a.length = 1; return v; }).length;
const a = [1, 2, 3]; const seen = []; a.find(v => { seen.push(v); a.length = 1; }); return seen;
[].map(5)
[].map('abc')
[].map(null)
[].map(true)
[].map({})
[].map(Symbol())
[].map(1n)
[].forEach()
[1].filter('x')
[].find(1)
[].every(undefined)
Array.prototype.map.call('abc', x => x + x)
Array.prototype.map.call({length: 3, 0: 1, 2: 3}, x => x * 2).length
const seen = []; Array.prototype.forEach.call({length: 3, 0: 1, 2: 3}, (v, i) => seen.push(i)); return seen;
const seen = []; Array.prototype.find.call({length: 3, 0: 1, 2: 3}, (v, i) => { seen.push([v, i]); }); return seen;
Array.prototype.map.call(null, x => x)
Array.prototype.forEach.call(undefined, x => x)
[1, 2, 3].map(String)
['1', '2', '3'].map(Number)
[0, 1, '', 'a', null].filter(Boolean)
// flat, flatMap
[[1, [2, [3, [4]]]].flat(), [1, [2, [3, [4]]]].flat(2), [1, [2, [3, [4]]]].flat(Infinity), [1, [2]].flat(0), [1, [2]].flat(-1), [[], [[]]].flat(), [[1, [2]]].flat('1')]
[[1, 2].flatMap(x => [x, [x]]), [1, 2].flatMap((x, i) => x + i), [1].flatMap(function () { return this; }, 'ab')]
[].flatMap(1)
const a = []; a.push(a); a.flat(Infinity); // name only
// includes, indexOf, lastIndexOf
[[1, NaN].includes(NaN), [1, NaN].indexOf(NaN), [-0].includes(0), [0].indexOf(-0), [1].includes('1'), [1n].includes(1n), [1].includes(1n), [undefined].includes(), [null].includes(undefined)]
[[1, 2, 1].includes(1, 1), [1, 2].includes(1, 1), [1, 2].includes(1, -1), [1, 2].includes(1, -5), [1, 2].includes(2, 5)]
[[1, 2, 1].indexOf(1), [1, 2, 1].indexOf(1, 1), [1, 2, 1].indexOf(1, -1), [1, 2].indexOf(3), [1].indexOf(1, Infinity), [1].indexOf(1, -Infinity), [].indexOf(), [undefined].indexOf()]
[[1, 2, 1].lastIndexOf(1), [1, 2, 1].lastIndexOf(1, 1), [1, 2, 1].lastIndexOf(1, -2), [1].lastIndexOf(1, undefined), [1, 1].lastIndexOf(1, undefined), [1].lastIndexOf(2), [1].lastIndexOf(1, -5), [1, 2].lastIndexOf(2, Infinity), [1].lastIndexOf(1, -Infinity)]
const o = {}; return [[o].indexOf(o), [{}].indexOf({}), [o].includes(o), [[o]].includes(o)];
Array.prototype.includes.call('abc', 'b')
Array.prototype.indexOf.call({length: 2, 1: 'x'}, 'x')
Array.prototype.includes.call({length: 2, 1: 'x'}, undefined)
Array.prototype.indexOf.call({length: 2, 1: 'x'}, undefined)
// join, toString, toLocaleString
[[1, null, undefined, 'a', [2, [3]]].join(), [1, 2].join('-'), [1, 2].join(undefined), [1, 2].join(null), [].join('x'), [1, 2].join(''), [[]].join(), [{}].join(), [1n, true, -0].join()]
[Symbol()].join()
const a = [1]; a.push(a, [a, 2]); return a.join();
[[1, [2, 3]].toString(), String([1, [null]]), [] + [], [1] + [2]]
const a = [1, 2]; a.join = () => 'mine'; return [a.toString(), String(a)];
Array.prototype.toString.call({})
Array.prototype.toString.call({join: () => 'j'})
Array.prototype.toString.call(5)
Array.prototype.join.call({length: 3, 0: 'a', 2: 'c'}, '+')
Array.prototype.join.call('abc', '-')
[1, null, {toLocaleString: () => 'L'}, undefined, 'x', [2]].toLocaleString()
// pop, push, shift, unshift
const a = [1, 2, 3]; return [a.pop(), a.shift(), a.push(7, 8), a.push(), a.unshift('x', 'y'), a.unshift(), a];
[[].pop(), [].shift()]
const o = {length: 0}; return [Array.prototype.push.call(o, 'a', 'b'), o, Array.prototype.pop.call(o), o, Array.prototype.unshift.call(o, 'z'), o, Array.prototype.shift.call(o), o];
const o = {}; return [Array.prototype.push.call(o, 1), Array.prototype.pop.call({}), o];
Array.prototype.push.call({length: 2 ** 53 - 1}, 1)
const o = {length: '2', 0: 'a', 1: 'b'}; Array.prototype.pop.call(o); return o;
Array.prototype.push.call(null, 1)
Object.freeze([1]).push(2)
Object.freeze([1]).pop() // name only
Object.freeze([1]).shift() // name only
Object.freeze([1, 2]).reverse() // name only
Object.freeze([1, 2]).sort() // name only
Object.freeze([1]).fill(2) // name only
Object.seal([1]).push(2)
Object.seal([1]).pop() // name only
const a = Object.seal([1, 2]); a[0] = 5; a.reverse(); return a;
const a = Object.preventExtensions([1, 2]); a.pop(); return [a, Object.isExtensible(a)];
Object.preventExtensions([1]).push(1)
Object.freeze([3, 1, 2]).toSorted()
Object.freeze([1, 2]).concat([3])
Object.freeze([1, 2]).map(x => x * 2)
// reduce
[[1, 2, 3].reduce((a, b) => a + b), [1, 2, 3].reduce((a, b) => a + b, 10), [1, 2, 3].reduceRight((a, b) => a + '' + b), ['a', 'b'].reduceRight((a, b) => a + b, 'x'), [5].reduce(() => 0), [].reduce((a, b) => a, 'i')]
[].reduce((a, b) => a)
[].reduceRight((a, b) => a)
[1, 2].reduce((a, b) => a, undefined)
[1, 2].reduce(5)
const seen = []; [1, 2].reduce((a, v, i, all) => { seen.push([a, v, i, all.length]); return v; }, 0); return seen;
// reverse, toReversed, slice
const a = [1, 2, 3]; return [a.reverse() === a, a, a.toReversed(), a, [].reverse()];
[[1, 2, 3].slice(), [1, 2, 3].slice(1), [1, 2, 3].slice(-2), [1, 2, 3].slice(0, -1), [1, 2, 3].slice(2, 1), [1, 2, 3].slice(undefined, 2), [1, 2, 3].slice('1'), [1, 2, 3].slice(-Infinity, Infinity), [1, 2, 3].slice(null, NaN)]
Array.prototype.slice.call({length: 2, 0: 'a', 1: 'b'}, 1)
Array.prototype.slice.call('abc')
const a = [[1]]; return a.slice()[0] === a[0];
// sort, toSorted
[[3, 1, 2].sort(), [10, 9, 1].sort(), [10, 9, 1].sort((a, b) => a - b), ['b', undefined, 'a'].sort(), [3, undefined, 1].sort((a, b) => b - a), [true, false].sort(), [null, 'n', undefined, 'z'].sort()]
['\u{1F600}', '\uFFFF', 'a'].sort()
[5, 25, 100, 1].toSorted()
[[1, 'a'], [0, 'b'], [1, 'c'], [0, 'd']].sort((x, y) => x[0] - y[0])
const a = [3, 1, 2]; return [a.sort() === a, a.toSorted((x, y) => y - x), a];
[1, 2].sort(null)
[1].sort('x')
[1, 2].toSorted({})
[2, 1].sort(undefined)
const a = [3, 2, 1]; a.sort((x, y) => { a.length = 0; return x - y; }); return a;
const a = [3, 2, 1]; try { a.sort(() => { throw new RangeError('no'); }); } catch (e) { return [e, a]; }
[2, 1, 3].sort((x, y) => String(x - y))
[2, 1].sort(() => NaN)
[2, 1, 3].sort((x, y) => x < y)  // name only
Array.prototype.sort.call({length: 3, 0: 'c', 1: 'a', 2: 'b'})
[Symbol(), 1].sort()
[2n, 1, 3n].sort((a, b) => a < b ? -1 : 1)
// splice, toSpliced
const a = [1, 2, 3, 4]; return [a.splice(1, 2), a, a.splice(1, 0, 'x', 'y'), a, a.splice(-1), a, a.splice(), a, a.splice(1, undefined), a, a.splice(undefined), a];
const a = [1, 2, 3]; return [a.splice(0, 1, 9), a, a.splice(5, 1, 8), a, a.splice(-10, -1), a, a.splice(0, Infinity), a];
[[1, 2, 3].toSpliced(1, 1), [1, 2, 3].toSpliced(1), [1, 2, 3].toSpliced(), [1, 2, 3].toSpliced(0, 0, 'a', 'b'), [1, 2, 3].toSpliced(undefined), [1, 2].toSpliced(-1, 1, 'z')]
const o = {length: 3, 0: 'a', 1: 'b', 2: 'c'}; return [Array.prototype.splice.call(o, 1, 1), o, Array.prototype.splice.call(o, 0, 1, 'p', 'q', 'r'), o];
// Properties
const a = [1, 2, 3]; a.length = 1; a[3] = 4; return [a.length, a[2], a[3]];
const a = [1]; a.x = 5; a['0'] = 6; return [Object.keys(a), a.length, a.x, 0 in a, '0' in a, 1 in a, 'length' in a];
const a = []; a.length = -1; // name only
const a = [1, 2]; return [Object.getOwnPropertyNames(a), Object.getOwnPropertyDescriptor(a, 'length'), Object.getOwnPropertyDescriptor(a, 0)];
const [a, x, b = 5, ...c] = [1, 2, undefined, 4, 5]; return [x, a, b, c];
[...'ab', ...[1], ...new Set([2])]
Array.prototype.concat.name + Array.prototype.at.toString()
const a = [1, 2, 3]; a.length = '2'; return a;
const a = []; a.length = NaN; return a;
const a = Object.seal([1, 2]); a.length = 0; // name only
const a = [1, 2]; Object.defineProperty(a, 1, {writable: false}); a.length = 1; a[1] = 5; return a;
