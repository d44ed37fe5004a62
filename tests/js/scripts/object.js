Object.getOwnPropertyNames(Object).filter(n => typeof Object[n] === 'function').sort().map(n => [n, Object[n].length])
[Object.name, Object.length, Object(5) instanceof Number, typeof Object('a'), Object(null), new Object(undefined), Object([1])]
const o = {}; return [Object(o) === o, new Object(o) === o, Object() instanceof Object];
// assign
[Object.assign({a: 1}, {b: 2}, null, undefined, {a: 3}), Object.assign([1, 2], [3]), Object.assign({}, 'ab', 5, true)]
Object.assign(null, {})
Object.assign(undefined)
Object.assign(Object.freeze({a: 1}), {a: 2})
const s = Symbol('s'); return Object.assign({}, {get a() { return 1; }, [s]: 2});
const log = []; Object.assign({set a(v) { log.push(v); }}, {a: 7}); return log;
const src = Object.defineProperty({b: 1}, 'a', {value: 1, enumerable: false}); return Object.assign({}, src);
// create
[Object.create(null), Object.getPrototypeOf(Object.create(null)), Object.create({a: 1}).a, Object.create({}, {x: {value: 1, enumerable: true}, y: {value: 2}})]
Object.create()
Object.create(5)
Object.create({}, null)
Object.create({}, {a: 5})
const o = Object.create(null); o.a = 1; return [Object.keys(o), 'toString' in o, o.toString];
String(Object.create(null))
// defineProperty
const o = {}; Object.defineProperty(o, 'a', {value: 1}); return [o.a, Object.keys(o), Object.getOwnPropertyDescriptor(o, 'a'), JSON.stringify(o)];
const o = Object.defineProperty({}, 'a', {value: 1}); o.a = 2;
const o = Object.defineProperty({}, 'a', {value: 1}); delete o.a;
const o = Object.defineProperty({}, 'a', {value: 1, configurable: true}); Object.defineProperty(o, 'a', {value: 2}); return Object.getOwnPropertyDescriptor(o, 'a');
Object.defineProperty(Object.defineProperty({}, 'a', {value: 1}), 'a', {value: 2})
Object.defineProperty(Object.defineProperty({}, 'a', {value: 1}), 'a', {value: 1}).a
Object.defineProperty(Object.defineProperty({}, 'a', {value: NaN}), 'a', {value: NaN}).a
Object.defineProperty(Object.defineProperty({}, 'a', {value: 0}), 'a', {value: -0})
Object.defineProperty(Object.defineProperty({}, 'a', {value: 1}), 'a', {enumerable: true})
Object.defineProperty(Object.defineProperty({}, 'a', {value: 1}), 'a', {get() {}})
const o = Object.defineProperty({}, 'a', {value: 1, writable: true}); Object.defineProperty(o, 'a', {writable: false}); return Object.getOwnPropertyDescriptor(o, 'a');
const o = Object.defineProperty({}, 'a', {value: 1, writable: true}); Object.defineProperty(o, 'a', {value: 5}); return o.a;
const o = {}; let n = 0; Object.defineProperty(o, 'a', {get() { return ++n; }, set(v) { n = v; }, enumerable: true, configurable: true}); o.a = 10; return [o.a, o.a, Object.keys(o), delete o.a, 'a' in o];
const o = Object.defineProperty({}, 'a', {get() { return 1; }}); o.a = 2;
const o = Object.defineProperty({}, 'a', {set(v) {}}); return [o.a, Object.getOwnPropertyDescriptor(o, 'a')];
const o = {a: 1}; Object.defineProperty(o, 'a', {get() { return 2; }}); return [o.a, Object.getOwnPropertyDescriptor(o, 'a')];
const o = {a: 1}; Object.defineProperty(o, 'a', {}); return Object.getOwnPropertyDescriptor(o, 'a');
const o = Object.defineProperty({}, 'a', {}); return Object.getOwnPropertyDescriptor(o, 'a');
Object.defineProperty({}, 'a', {get: 5})
Object.defineProperty({}, 'a', {set: 'x'})
Object.defineProperty({}, 'a', {get: undefined}).a
Object.defineProperty({}, 'a', {get() {}, writable: true})
Object.defineProperty({}, 'a')
Object.defineProperty({}, 'a', null)
Object.defineProperty(5, 'a', {})
Object.defineProperty(null, 'a', {})
const a = [1, 2]; Object.defineProperty(a, 'x', {value: 1}); return [Object.keys(a), a.x, Object.getOwnPropertyNames(a)];
const a = [1]; Object.defineProperty(a, 3, {value: 4, writable: true, enumerable: true, configurable: true}); return [a.length, a[3]];
const a = Object.defineProperty([1, 2], 'length', {writable: false}); a.push(3);
const f = function () {}; Object.defineProperty(f, 'name', {value: 'renamed'}); return [f.name, Object.getOwnPropertyDescriptor(f, 'name')];
const s = Symbol('k'); const o = Object.defineProperty({}, s, {value: 1}); return [o[s], Object.getOwnPropertySymbols(o), Object.keys(o)];
Object.defineProperties({}, {a: {value: 1, enumerable: true}, b: {get() { return 2; }, enumerable: true}})
Object.defineProperties({}, {a: 5})
Object.defineProperties(5, {})
Object.defineProperties({}, null)
// keys, values, entries, fromEntries
[Object.keys({b: 1, a: 2, 2: 0, 1: 0, [Symbol('s')]: 1}), Object.values({b: 1, a: 2}), Object.entries({b: 1, 0: 'z'}), Object.keys('ab'), Object.values('ab'), Object.entries([7]), Object.keys(5), Object.keys([4, 5])]
Object.keys(null)
Object.values(undefined)
Object.entries()
[Object.fromEntries([['a', 1], ['b', 2], ['a', 3]]), Object.fromEntries(new Map([['x', 1]])), Object.fromEntries([[1, 2]]), Object.fromEntries([{0: 'k', 1: 'v'}]), Object.fromEntries([[Symbol.iterator, 1]])]
Object.fromEntries()
Object.fromEntries(5)
Object.fromEntries([5])
Object.fromEntries(['ab'])
Object.fromEntries(null)
Object.groupBy([1, 2, 3], (x, i) => x % 2 ? 'odd' : 4)
Object.getPrototypeOf(Object.groupBy([], x => x))
Object.groupBy(null, x => x)
Object.groupBy([1], 5)
Object.groupBy([{k: 1}], o => o.k)
// freeze, seal, preventExtensions
const o = Object.freeze({a: 1, get b() { return 2; }}); return [Object.isFrozen(o), Object.isSealed(o), Object.isExtensible(o), Object.getOwnPropertyDescriptors(o)];
const o = Object.seal({a: 1}); o.a = 2; return [Object.isFrozen(o), Object.isSealed(o), Object.isExtensible(o), o, Object.getOwnPropertyDescriptor(o, 'a')];
const o = Object.seal({a: 1}); delete o.a;
const o = Object.seal({a: 1}); o.b = 1;
const o = Object.preventExtensions({a: 1}); delete o.a; return [o, Object.isFrozen(o), Object.isSealed(o)];
const o = Object.preventExtensions({a: 1}); o.b = 2;
[Object.isFrozen(1), Object.isSealed('a'), Object.isExtensible(1), Object.isFrozen(), Object.freeze(5), Object.seal('a'), Object.preventExtensions(null)]
[Object.isFrozen({}), Object.isFrozen(Object.preventExtensions({})), Object.isSealed(Object.preventExtensions({})), Object.isSealed(Object.preventExtensions({a: 1}))]
const a = Object.freeze([1, 2]); return [Object.isFrozen(a), a, Object.getOwnPropertyDescriptor(a, 0), Object.getOwnPropertyDescriptor(a, 'length')];
const a = Object.freeze([1]); a[0] = 2;
const a = Object.freeze([1]); a.length = 0; // name only
const o = Object.freeze({inner: {}}); o.inner.x = 1; return o;
const m = Object.freeze(new Map); m.set(1, 2); return [m, Object.isFrozen(m)];
const m = Object.freeze(new Map); m.x = 1;
const f = Object.freeze(() => 1); f.x = 1; // name only
Object.freeze(o => o) instanceof Function
const o = {}; return [Object.freeze(o) === o, Object.seal(o) === o, Object.preventExtensions(o) === o];
const s = Symbol('s'); const o = Object.freeze({[s]: 1}); o[s] = 2; // name only
Object.setPrototypeOf(Object.freeze({}), {})
Object.setPrototypeOf(Object.preventExtensions([]), null)
// descriptors, names, symbols
[Object.getOwnPropertyDescriptor({a: 1}, 'a'), Object.getOwnPropertyDescriptor({}, 'a'), Object.getOwnPropertyDescriptor('ab', 0), Object.getOwnPropertyDescriptor('ab', 'length'), Object.getOwnPropertyDescriptor([], 'length')]
Object.getOwnPropertyDescriptor({get a() { return 1; }}, 'a')
Object.getOwnPropertyDescriptor(null, 'a')
Object.getOwnPropertyDescriptors({a: 1, get b() { return 2; }})
Object.getOwnPropertyDescriptors()
[Object.getOwnPropertyNames({b: 1, 1: 1, [Symbol.iterator]: 1}), Object.getOwnPropertyNames([1]), Object.getOwnPropertyNames('ab'), Object.getOwnPropertySymbols({[Symbol.iterator]: 1, a: 1}), Object.getOwnPropertySymbols([])]
Object.getOwnPropertyNames(null)
Object.getOwnPropertyDescriptor(Array.prototype, 'map').enumerable
Object.getOwnPropertyDescriptor(Map, 'prototype')
Object.getOwnPropertyDescriptor(Object.prototype, 'toString').writable
const d = Object.getOwnPropertyDescriptor(Array, Symbol.species); return [d.set, d.enumerable, d.configurable, typeof d.get];
Object.getOwnPropertyDescriptor(Math, 'PI')
[Object.keys(Array.prototype), Object.keys(Math), Object.keys(Array)]
// hasOwn, is, prototypes
[Object.hasOwn({a: undefined}, 'a'), Object.hasOwn({}, 'toString'), Object.hasOwn([1], 0), Object.hasOwn([1], 1), Object.hasOwn([], 'length'), Object.hasOwn('ab', 1), Object.hasOwn(x => x, 'name'), Object.hasOwn({1: 1}, 1), Object.hasOwn({[Symbol.iterator]: 1}, Symbol.iterator)]
Object.hasOwn(null, 'a')
[Object.is(NaN, NaN), Object.is(0, -0), Object.is(-0, -0), Object.is('a', 'a'), Object.is({}, {}), Object.is(null, undefined), Object.is(), Object.is(1n, 1n), Object.is(1, 1n), Object.is(null, null)]
[Object.getPrototypeOf(1) === Number.prototype, Object.getPrototypeOf('a') === String.prototype, Object.getPrototypeOf(true) === Boolean.prototype, Object.getPrototypeOf(Symbol()) === Symbol.prototype, Object.getPrototypeOf(1n) === BigInt.prototype]
Object.getPrototypeOf(null)
Object.getPrototypeOf()
[Object.setPrototypeOf(5, null), Object.setPrototypeOf('a', {})]
Object.setPrototypeOf(null, {})
Object.setPrototypeOf({}, undefined)
const a = Object.setPrototypeOf([1, 2], {who: 'me'}); return [a.who, a.length, Array.isArray(a), a.map, Object.prototype.toString.call(a)];
const m = Object.setPrototypeOf(new Map([[1, 2]]), null); return [m.get, Map.prototype.get.call(m, 1), m instanceof Map];
const p = {get me() { return this.n; }}; const o = Object.create(p, {n: {value: 5}}); return o.me;
const p = {set v(x) { this.got = x; }}; const o = Object.create(p); o.v = 5; return [o, p, Object.keys(o)];
const p = {a: 1}; const o = Object.create(p); o.a = 2; return [p.a, o.a, Object.hasOwn(o, 'a'), delete o.a, o.a];
// prototype methods
[({a: 1}).hasOwnProperty('a'), [].hasOwnProperty('length'), Object.prototype.hasOwnProperty.call('a', 0), ({}).propertyIsEnumerable('a'), [1].propertyIsEnumerable(0), [].propertyIsEnumerable('length')]
Object.prototype.hasOwnProperty.call(null, 'a')
Object.prototype.propertyIsEnumerable.call(undefined, 'a')
const p = {}; const o = Object.create(p); return [p.isPrototypeOf(o), o.isPrototypeOf(p), p.isPrototypeOf(5), Object.prototype.isPrototypeOf([]), Array.prototype.isPrototypeOf([]), Function.prototype.isPrototypeOf(Map)];
[null, undefined, 1, 'a', true, Symbol(), 1n, [], {}, () => 1, new Error, new Map, Math, JSON, /a/, Promise.resolve()].map(v => Object.prototype.toString.call(v))
const o = {[Symbol.toStringTag]: 'Mine'}; return [Object.prototype.toString.call(o), String(o), o + ''];
Object.prototype.toString.call({[Symbol.toStringTag]: 5})
[({}).toLocaleString(), ({toString: () => 'x'}).toLocaleString(), Object.prototype.toLocaleString.call(5)]
Object.prototype.toLocaleString.call(null)
const o = {}; return [o.valueOf() === o, typeof Object.prototype.valueOf.call(5), Object.prototype.valueOf.call('a').length];
Object.prototype.valueOf.call(undefined)
[({}).constructor === Object, [].constructor.name, (5).constructor === Number, 'a'.constructor === String, Object.create(null).constructor]
['hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable', 'toLocaleString', 'toString', 'valueOf'].map(n => [Object.prototype[n].name, Object.prototype[n].length])
({a: 1, b: {c: [1, {d: 2}]}})
const o = {}; o[1] = 'n'; o['1'] = 's'; o[null] = 'null'; o[undefined] = 'u'; o[[1, 2]] = 'arr'; o[{}] = 'obj'; o[1.5] = 'f'; o[-0] = 'z'; return o;
const {a, b = 5, c: {d}} = {a: 1, c: {d: 2}}; return [a, b, d];
Object.prototype.extra = 5; try { return [({}).extra, [].extra, (1).extra, Object.keys({})]; } finally { delete Object.prototype.extra; }
