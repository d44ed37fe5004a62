const same = [undefined, null, true, false, 0, -0, 1.5, NaN, 'text', '', 7n];
for (const value of same) log(structuredClone(value), Object.is(structuredClone(value), value));
const object = { a: 1, nested: { b: [1, , 3] }, 2: 'two', 1: 'one', [Symbol('gone')]: 1 };
const copy = structuredClone(object);
log(copy, copy === object, copy.nested === object.nested, Object.keys(copy));
const cyclic = { list: [] };
cyclic.self = cyclic; cyclic.list.push(cyclic, cyclic.list);
const turned = structuredClone(cyclic);
log(turned !== cyclic, turned.self === turned, turned.list[0] === turned, turned.list[1] === turned.list);
const shared = {};
const both = structuredClone([shared, shared]);
log(both[0] === both[1], both[0] === shared);
const map = new Map([['k', { v: 1 }], [shared, shared]]);
const mapCopy = structuredClone(map);
log([...mapCopy.keys()][0], mapCopy.get('k'), mapCopy.size, [...mapCopy][1][0] === [...mapCopy][1][1], mapCopy instanceof Map);
const setCopy = structuredClone(new Set([1, 'a', shared]));
log([...setCopy], setCopy.has(shared), setCopy instanceof Set);
for (const error of [new Error('m'), new TypeError('t'), new RangeError('r', { cause: { c: 1 } }), new SyntaxError(''), new AggregateError([1], 'a'),
    Object.assign(new Error('custom'), { extra: 1 })]) {
    const clone = structuredClone(error);
    log(clone, clone === error, clone instanceof Error, clone instanceof TypeError, clone.cause, clone.extra, clone.errors);
}
const named = new Error('n'); named.name = 'Custom';
log(structuredClone(named).name);
const dom = structuredClone(new DOMException('d', 'AbortError'));
log(dom, dom.code, dom instanceof DOMException);
log(structuredClone(new Number(5)) instanceof Number, structuredClone(new Number(5)).valueOf(), structuredClone(new Boolean(true)) instanceof Boolean);
const array = [1, 2]; array.extra = 'e';
log(structuredClone(array).extra, structuredClone(array).length, structuredClone([, 1]).length);
let reads = 0;
const getter = { get x() { reads++; return { reads }; } };
log(structuredClone(getter), reads);
const failing = { get x() { throw new RangeError('getter'); } };
try { structuredClone(failing); } catch (error) { log(error); }
const uncloneable = [Symbol('s'), () => 1, { f() {} }, [Symbol()], Promise.resolve(1), new URL('http://h')];
for (const value of uncloneable) {
    try { structuredClone(value); log('cloned'); } catch (error) { log(error.name, error.code, error instanceof DOMException); }
}
for (const transfer of [[5], [{}], 5, [undefined]]) {
    try { structuredClone(1, { transfer }); log('cloned'); } catch (error) { log(error instanceof Error); }
}
log(structuredClone(1, undefined), structuredClone(1, null), structuredClone(1, {}), structuredClone(1, { transfer: [] }));
