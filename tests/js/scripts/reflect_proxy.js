Object.getOwnPropertyNames(Reflect).sort().map(n => [n, Reflect[n].length])
[Object.prototype.toString.call(Reflect), typeof Reflect, Proxy.length, Proxy.name, Proxy.revocable.length]
// apply, construct
Reflect.apply(function (a, b) { return [this, a, b]; }, 'ctx', [1, 2])
Reflect.apply(Math.max, null, {length: 2, 0: 3, 1: 7})
Reflect.apply(1)
Reflect.apply({}, null, [])
Reflect.apply(x => x, null)
Reflect.apply(x => x, null, 5)
Reflect.construct(Array, [1, 2, 3])
Reflect.construct(Map, [[['a', 1]]])
function F(a) { this.a = a; } return [Reflect.construct(F, [5]), Reflect.construct(F, [5]) instanceof F, new F(6) instanceof F];
function A() { this.x = 1; } function B() {} B.prototype.who = () => 'b'; const o = Reflect.construct(A, [], B); return [o.x, o.who(), o instanceof B, o instanceof A];
function B() {} const m = Reflect.construct(Map, [], B); Map.prototype.set.call(m, 'a', 1); return [m instanceof B, m instanceof Map, Map.prototype.get.call(m, 'a')];
function B() {} const a = Reflect.construct(Array, [3], B); return [a instanceof B, Array.isArray(a), a.length, Object.getPrototypeOf(a) === B.prototype];
Reflect.construct(1, [])
Reflect.construct(Map, [], 5)
Reflect.construct(parseInt, [])
Reflect.construct(Array, 1)
Reflect.construct(Array)
// get, set, has, deleteProperty
const o = {get me() { return this; }, a: 1}; return [Reflect.get(o, 'a'), Reflect.get(o, 'b'), Reflect.get(o, 'me') === o, Reflect.get(o, 'me', 5), Reflect.get([7], 0), Reflect.get([7], 'length')];
Reflect.get(1, 'a')
Reflect.get('abc', 'length')
Reflect.get({}, {toString: () => 'k'})
const o = {}; return [Reflect.set(o, 'a', 1), o, Reflect.set(Object.freeze({a: 1}), 'a', 2), Reflect.set([], 'length', 2), Reflect.set(Object.freeze([]), 0, 1)];
const o = {set v(x) { this.got = x; }}; const r = {}; return [Reflect.set(o, 'v', 5, r), r, o];
const o = {a: 1}, r = {}; return [Reflect.set(o, 'a', 5, r), r, o, Reflect.set(o, 'n', 1, r), r, o];
Reflect.set({}, 'a', 1, 5)
const r = Object.freeze({}); return Reflect.set({}, 'a', 1, r);
const r = {get a() { return 1; }}; return Reflect.set({}, 'a', 1, r);
const r = Object.defineProperty({}, 'a', {value: 1, writable: false, configurable: true}); return Reflect.set({}, 'a', 1, r);
const p = Object.freeze({a: 1}); const o = Object.create(p); return [Reflect.set(o, 'a', 2), o];
const p = Object.freeze({a: 1}); const o = Object.create(p); o.a = 2;
({get a() { return 1; }}).a = 2
const o = {get a() { return 1; }}; return Reflect.set(o, 'a', 2);
Reflect.set(5, 'a', 1)
[Reflect.has({a: 1}, 'a'), Reflect.has({}, 'toString'), Reflect.has([1], 0), Reflect.has([1], 1), Reflect.has([], 'length'), Reflect.has(x => x, 'name'), Reflect.has({}, Symbol.iterator), Reflect.has([], Symbol.iterator)]
Reflect.has('a', 'length')
const o = {a: 1}; return [Reflect.deleteProperty(o, 'a'), o, Reflect.deleteProperty(o, 'zz'), Reflect.deleteProperty(Object.freeze({a: 1}), 'a'), Reflect.deleteProperty([1], 'length'), Reflect.deleteProperty(Object.freeze({}), 'a')];
const a = [1, 2]; return [Reflect.deleteProperty(a, 1), a.length];
// Descriptors and keys
const o = {}; return [Reflect.defineProperty(o, 'a', {value: 1}), Reflect.getOwnPropertyDescriptor(o, 'a'), Reflect.defineProperty(o, 'a', {value: 2}), Reflect.defineProperty(o, 'a', {value: 1}), Reflect.ownKeys(o), Object.keys(o)];
Reflect.defineProperty({}, 'a')
Reflect.defineProperty(1, 'a', {})
Reflect.defineProperty(Object.preventExtensions({}), 'a', {value: 1})
Reflect.defineProperty({}, 'a', {get: 1})
Reflect.defineProperty({}, 'a', {get() {}, value: 1})
Reflect.getOwnPropertyDescriptor({a: 1}, 'b')
Reflect.getOwnPropertyDescriptor(1, 'b')
Reflect.getOwnPropertyDescriptor([5], 'length')
const s = Symbol('s'); return Reflect.ownKeys({b: 1, [s]: 1, 2: 1, a: 1, 1: 1, [Symbol.iterator]: 1});
[Reflect.ownKeys([1, 2]), Reflect.ownKeys(function f(a) {}).sort().join()]
Reflect.ownKeys(1)
[Reflect.isExtensible({}), Reflect.isExtensible(Object.freeze({})), Reflect.preventExtensions({}), Reflect.preventExtensions([])]
Reflect.isExtensible(1)
const o = {}; Reflect.preventExtensions(o); return Reflect.set(o, 'a', 1);
[Reflect.getPrototypeOf({}) === Object.prototype, Reflect.getPrototypeOf([]) === Array.prototype, Reflect.getPrototypeOf(Object.create(null)), Reflect.getPrototypeOf(Object.prototype), Reflect.getPrototypeOf(x => x) === Function.prototype, Reflect.getPrototypeOf(Map) === Function.prototype, Reflect.getPrototypeOf(TypeError) === Error]
Reflect.getPrototypeOf(1)
const o = {}, p = {a: 1}; return [Reflect.setPrototypeOf(o, p), o.a, Reflect.setPrototypeOf(p, o), Reflect.setPrototypeOf(o, null), o.a, Reflect.getPrototypeOf(o), Reflect.setPrototypeOf(Object.freeze({}), null), Reflect.setPrototypeOf(Object.freeze({}), Object.prototype)];
Reflect.setPrototypeOf({}, 5)
Reflect.setPrototypeOf({})
// Proxy: without traps
const t = {a: 1, get me() { return this; }}; const p = new Proxy(t, {}); p.b = 2; return [p.a, p.b, t.b, 'a' in p, Object.keys(p), p.me === p, delete p.a, typeof p, p instanceof Object];
const p = new Proxy([1, 2], {}); p.push(3); return [Array.isArray(p), p.length, p, [...p], p.map(x => x * 2), Object.prototype.toString.call(p), p.concat([9]), [0].concat(p)];
const p = new Proxy(function f(a, b) { return [this, a, b]; }, {}); return [typeof p, p.call('t', 1, 2), p.name, p.length, Object.prototype.toString.call(p)];
const p = new Proxy(Map, {}); return [new p([[1, 2]]), new p() instanceof Map, new p() instanceof p];
const p = new Proxy(x => x, {}); return p(5);
const p = new Proxy(new Map([[1, 2]]), {}); return Map.prototype.get.call(p, 1); // name only
new Proxy(1, {})
new Proxy({}, null)
new Proxy({})
Proxy({}, {})
// Proxy: traps
const log = []; const p = new Proxy({a: 1}, {get(t, k, r) { log.push([k, r === p]); return k in t ? t[k] : 'no' + String(k); }}); return [p.a, p.zz, p[0], log];
const log = []; const t = {}; const p = new Proxy(t, {set(t, k, v, r) { log.push([k, v, r === p]); t[k] = v * 2; return true; }}); p.a = 1; p['b'] = 2; return [t, log];
const p = new Proxy({}, {set() { return false; }}); p.a = 1;
const p = new Proxy({}, {set() { return false; }}); return Reflect.set(p, 'a', 1);
const p = new Proxy({a: 1}, {has(t, k) { return k === 'b'; }}); return ['a' in p, 'b' in p, Reflect.has(p, 'b')];
const p = new Proxy({}, {deleteProperty(t, k) { return k === 'a'; }}); return [delete p.a, Reflect.deleteProperty(p, 'b')];
const p = new Proxy({}, {deleteProperty() { return false; }}); delete p.a;
const p = new Proxy({z: 1, a: 2}, {ownKeys: t => ['a', 'z']}); return [Object.keys(p), Reflect.ownKeys(p), Object.entries(p), {...p}];
const log = []; const p = new Proxy({}, {ownKeys() { log.push('keys'); return ['x', 'y']; }, getOwnPropertyDescriptor(t, k) { log.push(k); return k === 'x' ? {value: 5, enumerable: true, configurable: true} : undefined; }}); return [Object.keys(p), log, Object.getOwnPropertyNames(p), Object.hasOwn(p, 'x'), Object.hasOwn(p, 'y')];
const log = []; const p = new Proxy({}, {defineProperty(t, k, d) { log.push([k, d]); return true; }}); Object.defineProperty(p, 'a', {value: 1, enumerable: true}); p.b = 2; return log;
const p = new Proxy({}, {defineProperty() { return false; }}); Object.defineProperty(p, 'a', {value: 1});
const p = new Proxy({}, {defineProperty() { return false; }}); return Reflect.defineProperty(p, 'a', {value: 1});
const proto = {who: 'p'}; const p = new Proxy({}, {getPrototypeOf: () => proto}); return [Object.getPrototypeOf(p) === proto, proto.isPrototypeOf(p), p.who];
const log = []; const p = new Proxy({}, {setPrototypeOf(t, v) { log.push(v); return true; }}); Object.setPrototypeOf(p, null); return [log, Reflect.setPrototypeOf(p, {a: 1}), log.length];
const p = new Proxy({}, {setPrototypeOf() { return false; }}); Object.setPrototypeOf(p, null);
const p = new Proxy({}, {isExtensible: () => true, preventExtensions: t => { Object.preventExtensions(t); return true; }}); return [Object.isExtensible(p), Reflect.preventExtensions(p)];
const p = new Proxy({}, {preventExtensions: () => false}); return Reflect.preventExtensions(p);
const p = new Proxy({}, {preventExtensions: () => false}); Object.preventExtensions(p);
const p = new Proxy(function () {}, {apply(t, self, args) { return [self, args, args.length]; }}); return [p(1, 2), p.call('s', 3), p.apply(null, [4]), Reflect.apply(p, 5, [6]), [1].map(p)];
const p = new Proxy(function () {}, {construct(t, args, nt) { return {args, same: nt === p}; }}); return [new p(1, 2), Reflect.construct(p, [3]), Reflect.construct(p, [], Array)];
const p = new Proxy(function () {}, {construct() { return 5; }}); new p(); // name only
const p = new Proxy(() => 1, {construct() { return {}; }}); new p(); // name only
const p = new Proxy({}, {}); p(); // name only
const p = new Proxy({}, {get: 5}); p.a;
const p = new Proxy({}, {get: null}); return p.a;
const inner = new Proxy({a: 1}, {get: (t, k) => k + '!'}); const o = Object.create(inner); return [o.b, o.a];
const log = []; const inner = new Proxy({}, {set(t, k, v, r) { log.push([k, v]); return Reflect.set(t, k, v, r); }, has(t, k) { log.push(k); return true; }}); const o = Object.create(inner); o.x = 1; return [o.x, 'y' in o, log];
const p = new Proxy(new Proxy({a: 1}, {get: (t, k) => t[k] + 1}), {get: (t, k) => t[k] * 10}); return p.a;
const target = {}; const p = new Proxy(target, {defineProperty(t, k, d) { return Reflect.defineProperty(t, k, d); }}); Object.assign(p, {a: 1}); return [target, Object.getOwnPropertyDescriptor(target, 'a')];
const handler = {}; const p = new Proxy({a: 1}, handler); const before = p.a; handler.get = () => 'late'; return [before, p.a];
const validator = new Proxy({}, {set(t, k, v) { if (k === 'age' && typeof v !== 'number') throw new TypeError('age is a number'); t[k] = v; return true; }}); validator.age = 'x';
const negative = new Proxy([1, 2, 3], {get: (t, k, r) => typeof k === 'string' && +k < 0 ? t[t.length + +k] : Reflect.get(t, k, r)}); return [negative[-1], negative.length, negative.slice(1)];
// Proxy: invariants
const t = Object.freeze({a: 1}); return new Proxy(t, {get: () => 2}).a;
const t = Object.defineProperty({}, 'a', {set() {}}); return new Proxy(t, {get: () => 2}).a;
const t = Object.freeze({a: 1}); new Proxy(t, {set: () => true}).a = 2;
const t = Object.defineProperty({}, 'a', {get() { return 1; }}); new Proxy(t, {set: () => true}).a = 2;
'a' in new Proxy(Object.freeze({a: 1}), {has: () => false})
'a' in new Proxy(Object.preventExtensions({a: 1}), {has: () => false})
delete new Proxy(Object.freeze({a: 1}), {deleteProperty: () => true}).a
delete new Proxy(Object.preventExtensions({a: 1}), {deleteProperty: () => true}).a
Reflect.ownKeys(new Proxy({}, {ownKeys: () => ['a', 'a']}))
Reflect.ownKeys(new Proxy({}, {ownKeys: () => [1]}))
Reflect.ownKeys(new Proxy({}, {ownKeys: () => 5}))
Reflect.ownKeys(new Proxy(Object.freeze({a: 1}), {ownKeys: () => []}))
Reflect.ownKeys(new Proxy(Object.preventExtensions({a: 1}), {ownKeys: () => ['a', 'b']}))
Reflect.getOwnPropertyDescriptor(new Proxy(Object.freeze({a: 1}), {getOwnPropertyDescriptor: () => undefined}), 'a')
Reflect.getOwnPropertyDescriptor(new Proxy(Object.preventExtensions({a: 1}), {getOwnPropertyDescriptor: () => undefined}), 'a')
Reflect.getOwnPropertyDescriptor(new Proxy({}, {getOwnPropertyDescriptor: () => 5}), 'a')
Reflect.getOwnPropertyDescriptor(new Proxy({}, {getOwnPropertyDescriptor: () => ({value: 1})}), 'a')
Reflect.getOwnPropertyDescriptor(new Proxy(Object.preventExtensions({}), {getOwnPropertyDescriptor: () => ({value: 1, configurable: true})}), 'a')
Reflect.getOwnPropertyDescriptor(new Proxy({a: 2}, {getOwnPropertyDescriptor: () => ({value: 1, configurable: true})}), 'a')
Reflect.defineProperty(new Proxy(Object.preventExtensions({}), {defineProperty: () => true}), 'a', {value: 1})
Reflect.defineProperty(new Proxy({}, {defineProperty: () => true}), 'a', {value: 1, configurable: false})
Reflect.defineProperty(new Proxy(Object.freeze({a: 1}), {defineProperty: () => true}), 'a', {value: 2})
Reflect.getPrototypeOf(new Proxy({}, {getPrototypeOf: () => 5}))
Reflect.getPrototypeOf(new Proxy(Object.preventExtensions({}), {getPrototypeOf: () => null}))
Reflect.getPrototypeOf(new Proxy(Object.preventExtensions({}), {getPrototypeOf: () => Object.prototype})) === Object.prototype
Reflect.setPrototypeOf(new Proxy(Object.preventExtensions({}), {setPrototypeOf: () => true}), null)
Reflect.isExtensible(new Proxy({}, {isExtensible: () => false}))
Reflect.preventExtensions(new Proxy({}, {preventExtensions: () => true}))
// Revocation
const {proxy, revoke} = Proxy.revocable({a: 1}, {}); const before = proxy.a; revoke(); revoke(); const r = []; for (const f of [() => proxy.a, () => { proxy.a = 1; }, () => 'a' in proxy, () => delete proxy.a, () => Object.keys(proxy), () => Object.getPrototypeOf(proxy), () => Array.isArray(proxy), () => Object.isExtensible(proxy), () => Object.defineProperty(proxy, 'a', {})]) { try { r.push(f()); } catch (e) { r.push(e.message); } } return [before, typeof proxy, r];
const {proxy, revoke} = Proxy.revocable(function () {}, {}); revoke(); return typeof proxy;
const {proxy, revoke} = Proxy.revocable(function () {}, {}); revoke(); proxy();
const {proxy, revoke} = Proxy.revocable(Map, {}); revoke(); new proxy();
// instanceof
[] instanceof 5
({}) instanceof {}
({}) instanceof (() => 1)
5 instanceof {[Symbol.hasInstance]: v => v === 5}
const even = {[Symbol.hasInstance](v) { return v % 2 === 0; }}; return [2 instanceof even, 3 instanceof even];
function F() {} const B = F.bind(null); return [new F() instanceof B, new B() instanceof F, Function.prototype[Symbol.hasInstance].call(F, new F()), Function.prototype[Symbol.hasInstance].call({}, 1)];
const o = Object.create(Array.prototype); return [o instanceof Array, Array.isArray(o), o instanceof Map];
