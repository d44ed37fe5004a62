// Values of every shape through serde-wasm-bindgen, on the crate `serded`.
const show = value => see(describe(value));

// A value as plain data: maps and typed arrays with their kind, objects with their keys in order.
function describe(value) {
    if (value instanceof Map) return ['Map', [...value].map(pair => pair.map(describe))];
    if (value instanceof Set) return ['Set', [...value].map(describe)];
    if (value instanceof Uint8Array) return ['Uint8Array', [...value]];
    if (Array.isArray(value)) return value.map(describe);
    if (typeof value === 'bigint') return 'bigint ' + value;
    if (value === null || typeof value !== 'object') return value;
    return ['object', Object.keys(value).map(key => [key, describe(value[key])])];
}

return {
    imports: {},
    cases: {
        'values in every way': g => {
            for (const how of ['', 'json', 'objects', 'null', 'bigint', 'arrays']) show(g.give(how));
        },
        'what was given is taken': g => {
            for (const how of ['', 'json', 'objects', 'null', 'bigint', 'arrays'])
                attempt(() => g.take('everything', g.give(how)));
            attempt(() => g.take('everything', { ...g.give(''), flag: 1 }));
            attempt(() => g.take('everything', {}));
            attempt(() => g.take('everything', JSON.parse(JSON.stringify(g.give('json')))));
        },
        'booleans': g => {
            for (const value of [true, false, 0, 1, 'true', null, undefined, {}])
                attempt(() => g.take('bool', value));
        },
        'small integers': g => {
            for (const value of [0, 255, 256, -1, 1.5, NaN, '5', 5n, 256n, true, null, Object(5)])
                attempt(() => g.take('u8', value));
            for (const value of [-2147483648, 2147483647, 2147483648, -0, 1e300])
                attempt(() => g.take('i32', value));
        },
        'long integers': g => {
            for (const value of [5, 5n, 9007199254740991, 9007199254740992, -1, -1n, 1.5,
                18446744073709551615n, 18446744073709551616n, '5'])
                attempt(() => g.take('u64', value));
            for (const value of [-5, -5n, -9223372036854775808n, 9223372036854775808n, 1e300])
                attempt(() => g.take('i64', value));
            for (const value of [5, 340282366920938463463374607431768211455n, -1n,
                340282366920938463463374607431768211456n])
                attempt(() => g.take('u128', value));
        },
        'long integers there and back': g => {
            for (const how of ['', 'bigint']) {
                attempt(() => g.through('u64', how, 5));
                attempt(() => g.through('u64', how, 9007199254740993n));
                attempt(() => g.through('i64', how, -9007199254740993n));
                attempt(() => g.through('u128', how, 340282366920938463463374607431768211455n));
            }
        },
        'floats': g => {
            for (const value of [0.1, -0, NaN, Infinity, 5n, '1', null]) {
                attempt(() => g.take('f64', value));
                attempt(() => g.take('f32', value));
            }
            see(g.through('f32', '', 0.1), g.through('f32', '', 1e39));
        },
        'text': g => {
            for (const value of ['', 'é😀', 'a\0', 'x'.repeat(1000).length + '', 5, null, ['a'], Object('boxed')])
                attempt(() => g.take('text', value));
            for (const value of ['a', '😀', '', 'ab', 5]) attempt(() => g.take('char', value));
        },
        'nothing': g => {
            for (const value of [undefined, null, 0, '', false, []]) {
                attempt(() => g.take('unit', value));
                attempt(() => g.take('option', value));
                attempt(() => g.take('marker', value));
            }
            attempt(() => g.take('options', [undefined, null, 'a', '']));
            attempt(() => g.take('options', [1]));
            for (const how of ['', 'null', 'json']) show(g.through('option', how, undefined));
        },
        'bytes': g => {
            attempt(() => g.take('bytes', new Uint8Array([1, 255])));
            attempt(() => g.take('bytes', new Uint8Array([1, 2, 3, 4]).subarray(1, 3)));
            attempt(() => g.take('bytes', new Uint8Array([1, 2, 3]).buffer));
            attempt(() => g.take('bytes', [1, 255]));
            attempt(() => g.take('bytes', [256]));
            attempt(() => g.take('bytes', new Uint16Array([1])));
            attempt(() => g.take('bytes', 'ab'));
            show(g.through('bytes', '', [1, 2]));
            show(g.through('bytes', 'arrays', new Uint8Array([3])));
        },
        'lists': g => {
            attempt(() => g.take('list', [1, -2]));
            attempt(() => g.take('list', []));
            attempt(() => g.take('list', new Set([1, 2])));
            attempt(() => g.take('list', new Int16Array([1, -2])));
            attempt(() => g.take('list', (function* () { yield 1; yield 2; })()));
            attempt(() => g.take('list', { length: 1, 0: 5 }));
            attempt(() => g.take('list', { [Symbol.iterator]: () => [7][Symbol.iterator]() }));
            attempt(() => g.take('list', 'ab'));
            attempt(() => g.take('list', 5));
            attempt(() => g.take('list', [1, 'x']));
            attempt(() => g.take('list', [1, , 3]));
            attempt(() => g.take('pair', [1, 'a']));
            attempt(() => g.take('pair', [1]));
            attempt(() => g.take('pair', [1, 'a', 2]));
            attempt(() => g.take('set', new Set(['b', 'a', 'b'])));
        },
        'maps': g => {
            attempt(() => g.take('map', { b: 1, a: -2 }));
            attempt(() => g.take('map', new Map([['b', 1], ['a', 2]])));
            attempt(() => g.take('map', [['a', 1]]));
            attempt(() => g.take('map', { a: 'x' }));
            attempt(() => g.take('map', new Map([[1, 1]])));
            attempt(() => g.take('map', Object.create({ inherited: 1 })));
            attempt(() => g.take('map', null));
            attempt(() => g.take('numbers', new Map([[1, 'a'], [2, 'b']])));
            attempt(() => g.take('numbers', { 1: 'a', 2: 'b' }));
            for (const how of ['', 'objects', 'json']) {
                attempt(() => describe(g.through('map', how, { a: 1 })));
                attempt(() => describe(g.through('numbers', how, new Map([[1, 'a']]))));
                attempt(() => describe(g.through('pairs', how, [['a', 1.5]])));
            }
        },
        'enums': g => {
            for (const value of ['Nothing', { Circle: 1.5 }, { Box: [1, 2] }, { Named: { name: 'n', sides: 3 } },
                { Nothing: undefined }, { Nothing: null }, 'Other', { Other: 1 }, {}, { Circle: 1, Box: 2 }, 5,
                { Box: [1] }, { Named: { name: 'n' } }, new Map([['Circle', 2]])]) {
                attempt(() => g.take('shape', value));
                attempt(() => describe(g.through('shape', '', value)));
            }
        },
        'tagged enums': g => {
            for (const value of [{ kind: 'oneThing', some_value: 5 }, { kind: 'other' }, { kind: 'none' }, {}, null,
                { some_value: 5, kind: 'oneThing' }, new Map([['kind', 'other']])]) {
                attempt(() => g.take('tagged', value));
                attempt(() => describe(g.through('tagged', 'objects', value)));
            }
            for (const value of [{ t: 'Pair', c: [1, 2] }, { c: 'w', t: 'Word' }, { t: 'Empty' }, { t: 'Pair' }, { t: 5 }])
                attempt(() => describe(g.through('adjacent', '', value)));
        },
        'untagged enums': g => {
            for (const value of [1.5, 5, 'x', [1, ['a', null]], { a: { b: [true] } }, { a: { b: ['c'] } }, null,
                undefined, 5n, true, new Map([['a', 1]]), [], {}]) {
                attempt(() => g.take('loose', value));
                attempt(() => describe(g.through('loose', 'json', value)));
            }
        },
        'structs': g => {
            attempt(() => g.take('strict', { firstName: 'a', howOften: 2, maybe: true, class: 'c' }));
            attempt(() => g.take('strict', { firstName: 'a' }));
            attempt(() => g.take('strict', { firstName: 'a', extra: 1 }));
            attempt(() => g.take('strict', { howOften: 1 }));
            attempt(() => g.take('strict', { firstName: undefined }));
            attempt(() => g.take('strict', new Map([['firstName', 'a']])));
            attempt(() => g.take('strict', ['a', 1, true, 'c']));
            attempt(() => g.take('strict', 5));
            attempt(() => describe(g.through('strict', '', { firstName: 'a' })));
            attempt(() => describe(g.through('strict', 'null', { firstName: 'a', class: undefined })));
            attempt(() => describe(g.through('flat', '', { id: 1, x: 'y', z: [1] })));
            attempt(() => describe(g.through('flat', 'json', { id: 1, x: 'y' })));
            attempt(() => g.take('wrapped', 5));
            attempt(() => g.take('wrapped', [5]));
            attempt(() => g.take('nothing', 5));
        },
        'getters and classes': g => {
            function Person(name) { this.firstName = name; }
            Object.defineProperty(Person.prototype, 'howOften', { get: () => 3, enumerable: true });
            attempt(() => g.take('strict', new Person('p')));
            attempt(() => g.take('map', Object.defineProperty({ a: 1 }, 'b', { value: 2 })));
            attempt(() => g.take('map', { get a() { throw new RangeError('far'); } }));
            attempt(() => g.take('map', new Proxy({ a: 1 }, { get: () => 5 })));
        },
        'values that are kept': g => {
            const value = { deep: [1] };
            const kept = g.keep({ value, number: 1 });
            see(kept.value === value, kept.number);
            see(g.keep({ value: undefined, number: 0 }).value, g.keep({ value: null, number: 0 }).value);
            const made = g.keep({ value: see, number: 0.5 });
            see(made.value === see, made.number);
            attempt(() => g.keep({ number: 1 }));
            attempt(() => g.keep({ value: 1 }));
        },
    },
};
