// Answers the questions of cases.py (JSON on stdin) as Node does (JSON on stdout).
// `debugString` is called through wasm-bindgen's own glue text, given in the questions.
import { readFileSync } from 'node:fs';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const evaluate = text => (0, eval)(`(${text})`);

function bits(number) {
    if (Number.isNaN(number)) return 'nan';
    const buffer = Buffer.alloc(8);
    buffer.writeDoubleBE(number);
    return buffer.toString('hex');
}

function number(text) {
    return text === 'nan' ? NaN : Buffer.from(text, 'hex').readDoubleBE();
}

function utf16(text) {
    return Array.from({ length: text.length }, (_, i) =>
        text.charCodeAt(i).toString(16).padStart(4, '0')).join('');
}

function show(value) {
    if (value === null) return 'null';
    switch (typeof value) {
        case 'number': return `number ${bits(value)}`;
        case 'bigint': return `bigint ${value}`;
        case 'string': return `string ${utf16(value)}`;
        case 'boolean': return String(value);
        case 'object':
            if (value instanceof Error) return `error ${value.name}`;
            if (Array.isArray(value)) return `[${value.map(show).join(',')}]`;
            return `{${Object.keys(value).map(k => `${show(k)}:${show(value[k])}`).join(',')}}`;
        default: return typeof value;
    }
}

function outcome(call) {
    try { return show(call()); } catch (error) { return `throws ${error.name}`; }
}

const binary = {
    add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => a / b,
    rem: (a, b) => a % b, pow: (a, b) => a ** b, bit_and: (a, b) => a & b,
    bit_or: (a, b) => a | b, bit_xor: (a, b) => a ^ b, shl: (a, b) => a << b,
    shr: (a, b) => a >> b, unsigned_shr: (a, b) => a >>> b, lt: (a, b) => a < b,
    le: (a, b) => a <= b, gt: (a, b) => a > b, ge: (a, b) => a >= b,
    jsval_eq: (a, b) => a === b, jsval_loose_eq: (a, b) => a == b,
    checked_div: (a, b) => {
        try { return a / b; } catch (e) { if (e instanceof RangeError) return e; throw e; }
    },
};
const unary = {
    neg: a => -a, bit_not: a => ~a,
    try_into_number: a => { try { return +a; } catch (e) { return e; } },
    typeof: a => typeof a, is_falsy: a => !a,
    is_object: a => typeof a === 'object' && a !== null, is_null_or_undefined: a => a == null,
};

// Equal results are named once.
const results = new Map();
const id = text => results.get(text) ?? (results.set(text, results.size), results.size - 1);

const operands = asked.operands.map(evaluate);
const described = asked.described.map(evaluate);
// A stack names the machine; the first line is what we compare.
const debugString = (0, eval)(`(${asked.debug_string})`);
for (const value of described) if (value instanceof Error) value.stack = '';
const plainDebug = value => debugString(value).replace(/\n$/, '');

const answers = {
    node: process.version,
    binary: Object.fromEntries(asked.binary.map(name => [name,
        operands.map(a => operands.map(b => id(outcome(() => binary[name](a, b)))))])),
    unary: Object.fromEntries(asked.unary.map(name => [name,
        operands.map(a => id(outcome(() => unary[name](a))))])),
    string_of: described.map(value => id(outcome(() => String(value)))),
    stringify: described.map(value => id(outcome(() => JSON.stringify(value)))),
    debug_string: described.map(value => id(outcome(() => plainDebug(value)))),
    class_tag: described.map(value => id(outcome(() => Object.prototype.toString.call(value)))),
    to_number: asked.numeric_texts.map(text => id(outcome(() => Number(text)))),
    to_bigint: asked.numeric_texts.map(text => id(outcome(() => BigInt(text)))),
    parse: asked.json_texts.map(text => id(outcome(() => JSON.parse(text)))),
    numbers: asked.numbers.map(text => String(number(text))),
};

// A macrotask after each program: all its jobs have run then.

process.on("unhandledRejection", () => {});
answers.scenarios = {};
for (const [name, program] of Object.entries(asked.scenarios)) {
    const log = [];
    new Function('log', program)(line => { log.push(line); });
    await new Promise(resolve => setImmediate(resolve));
    answers.scenarios[name] = log;
}
answers.results = [...results.keys()];
process.stdout.write(JSON.stringify(answers));
