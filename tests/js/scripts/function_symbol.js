// Function
[Function.name, Function.length, Function.prototype.name, Function.prototype.length]
['apply', 'bind', 'call', 'toString', Symbol.hasInstance].map(n => [Function.prototype[n].name, Function.prototype[n].length])
[((a, b) => 1).length, ((a, b = 1, c) => 1).length, ((...r) => 1).length, (function f(a) {}).length, (function f() {}).name, (() => 1).name]
const f = (a, b) => 1, g = function () {}; return [f.name, g.name, ({m() {}}).m.name, ({m: () => 1}).m.name, ({['x' + 1]: () => 1}).x1.name];
const o = {get a() { return 1; }}; return Object.getOwnPropertyDescriptor(o, 'a').get.name; // name only
(function (a, b) { return [this, a, b]; }).call('t', 1)
(function (a, b) { return [this, a, b]; }).apply('t', [1, 2, 3])
(function () { return this; }).call()
(function (...r) { return r; }).apply(null, {length: 2, 0: 'a'})
(function (...r) { return r; }).apply(null, null)
(function (...r) { return r; }).apply(null, undefined)
(function (...r) { return r; }).apply(null, 5)
(function (...r) { return r; }).apply(null, 'ab')
const b = (function (...r) { return [this, ...r]; }).bind('t', 1); return [b(2), b.call('other', 3), b.name, b.length, b.bind('u', 4)(5)];
const b = ((x, y, z) => 1).bind(null, 1); return [b.name, b.length, b.bind(null, 1, 2, 3).length];
const b = ((a, b) => 1).bind(); return [b.name, b.length, typeof b, 'prototype' in b, b instanceof Function];
function P(x) { this.x = x; } const B = P.bind(null, 7); const o = new B(); return [o.x, o instanceof P, o instanceof B];
const b = (() => 1).bind(null); new b(); // name only
const m = Map.prototype.get.bind(new Map([[1, 'one']])); return [m(1), m.name, m.length];
[1, 2, 3].map(Function.prototype.call, x => x) // name only
const slice = Function.prototype.call.bind(Array.prototype.slice); return slice([1, 2, 3], 1);
Function.prototype.call.call(1)
Function.prototype.apply.call({}, null, [])
Function.prototype.bind.call('f')
Function.prototype.toString.call(1)
Function.prototype.toString.call({})
[Math.max.toString(), Array.prototype.map.toString(), Map.toString(), String(Object)]
[Function.prototype[Symbol.hasInstance].call(Map, new Map), Function.prototype[Symbol.hasInstance].call(Map, {}), Function.prototype[Symbol.hasInstance].call(5, {}), Function.prototype[Symbol.hasInstance].call(() => 1, 5)]
const f = () => 1; f.x = 5; f[Symbol.iterator] = 6; return [f.x, f[Symbol.iterator], Object.keys(f), delete f.x, f.x, 'x' in f];
const f = () => 1; f.name = 'x'; // name only
const f = (a, b) => 1; return [Object.getOwnPropertyDescriptor(f, 'name'), Object.getOwnPropertyDescriptor(f, 'length')];
Array.prototype.map.mark = 1; try { return [].map.mark; } finally { delete Array.prototype.map.mark; }
(x => x)() === undefined
function F() { return {own: 1}; } return [new F(), new F() instanceof F];
function F() { return 5; } return new F() instanceof F;
const f = () => 1; new f();
new Math.max() // name only
new (Map.prototype.get)() // name only
new Math() // name only
new (class_())(); function class_() { return {}; } // name only
Math()
({}).missing() // name only
null.missing()
undefined()
(5)()
// Symbol
[Symbol.name, Symbol.length, typeof Symbol(), String(Symbol('d')), Symbol('d').toString(), Symbol().toString(), Symbol('').description, Symbol().description, Symbol(undefined).description, Symbol(null).description, Symbol(5).description]
[Symbol('a') === Symbol('a'), Symbol.for('a') === Symbol.for('a'), Symbol.for('a') === Symbol('a'), Symbol.keyFor(Symbol.for('k')), Symbol.keyFor(Symbol('k')), Symbol.keyFor(Symbol.iterator), Symbol.for().description]
['asyncDispose', 'asyncIterator', 'dispose', 'hasInstance', 'isConcatSpreadable', 'iterator', 'match', 'matchAll', 'replace', 'search', 'species', 'split', 'toPrimitive', 'toStringTag', 'unscopables'].map(n => [Symbol[n], typeof Symbol[n], Symbol[n].description])
new Symbol()
Symbol.keyFor('a')
Symbol() + ''
+Symbol()
Symbol.prototype.toString.call('a')
Symbol.prototype.valueOf.call({})
Symbol.prototype.description
const s = Symbol('w'); const o = Object(s); return [typeof o, o == s, o === s, o.valueOf() === s, o.description, o.toString(), Object.prototype.toString.call(o), ({[o]: 1})[s]];
[Symbol.prototype[Symbol.toStringTag], Symbol.prototype[Symbol.toPrimitive].name, Symbol.prototype[Symbol.toPrimitive].length, Symbol.for.length, Symbol.keyFor.length]
Symbol(Symbol())
Symbol.iterator = 5; // name only
Symbol.iterator = 5 // name only
Symbol.for(Symbol())
const s = Symbol('k'); const o = {[s]: 1, a: 2}; return [o[s], s in o, Object.keys(o), JSON.stringify(o), Reflect.ownKeys(o), {...o}, delete o[s], o];
[!!Symbol(), Symbol() ? 1 : 2, typeof Object(Symbol()), [Symbol('x')].map(String), Symbol('a').constructor === Symbol]
Symbol('x') == 'Symbol(x)'
const o = {[Symbol.toPrimitive](hint) { return hint; }}; return [+o, o + '', String(o), o * 1, [o].join()];
const o = {[Symbol.toPrimitive]: 5}; return +o;
const o = {[Symbol.toPrimitive]: () => ({})}; return +o;
