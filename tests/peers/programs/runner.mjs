// Runs a program on the glue that wasm-bindgen's CLI wrote, and prints what was seen as JSON.
//
//     node runner.mjs GLUE_FILE PROGRAM_FILE
//
// A program is the body of a function that returns {imports, cases}. Each case gets a new copy of
// both: `imports` become globals, the case is called with the glue. `see` notes values, `attempt`
// what a function gives or throws (also what a promise that it gives comes to).
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const [glueFile, programFile] = process.argv.slice(2).map(each => resolve(each));
const require = createRequire(import.meta.url);
const program = new Function('see', 'attempt', `"use strict"; ${readFileSync(programFile, 'utf8')}`);

const PATIENCE_MS = 100;
let seen = [];
const see = (...values) => void seen.push(['seen', ...values.map(value => encode(value, 4))]);

function attempt(work) {
    try {
        const result = work();
        if (result instanceof Promise)
            return Promise.race([result.then(value => seen.push(['value', encode(value, 4)]), failed), late()]);
        seen.push(['value', encode(result, 4)]);
    } catch (error) {
        failed(error);
    }
}

// The glue leaves some promises pending for ever.
function late() {
    return new Promise(done => setTimeout(done, PATIENCE_MS));
}

const failed = error => void seen.push(['raised', facts(error)]);

function encode(value, depth) {
    switch (typeof value) {
        case 'undefined': return { undefined: true };
        case 'bigint': return { bigint: String(value) };
        case 'symbol': return { symbol: value.description };
        case 'function': return { function: true };
        case 'number':
            return Number.isFinite(value) && !Object.is(value, -0) ? value : { number: show(value) };
        case 'object': return value === null ? { null: true } : encodeObject(value, depth - 1);
    }
    return value;
}

const show = number => (Object.is(number, -0) ? '-0' : String(number));

function encodeObject(value, depth) {
    const each = item => encode(item, depth);
    if (value instanceof Error) return { error: [value.name, value.message] };
    if (Array.isArray(value)) return depth ? value.map(each) : '...';
    if (ArrayBuffer.isView(value)) return { array: [value.constructor.name, Array.from(value, each)] };
    const name = value.constructor?.name ?? 'null';
    if (name !== 'Object') return { object: name };
    if (!depth) return '...';
    return { fields: Object.fromEntries(Object.keys(value).map(key => [key, each(value[key])])) };
}

function facts(error) {
    if (error instanceof WebAssembly.Exception) return { class: 'WebAssembly.Exception' };
    if (!(error instanceof Error)) return { class: 'value', value: encode(error, 4) };
    return { class: error.constructor.name, name: error.name, message: error.message };
}

async function run(name) {
    const { imports, cases } = program(see, attempt);
    Object.assign(globalThis, imports);
    delete require.cache[glueFile];
    seen = [];
    try {
        await cases[name](require(glueFile));
    } catch (error) {
        failed(error);
    }
    await new Promise(done => setTimeout(done, 0));
    for (const each of Object.keys(imports)) delete globalThis[each];
    return seen;
}

process.on('uncaughtException', error => seen.push(['uncaught', facts(error)]));
process.on('unhandledRejection', error => seen.push(['uncaught', facts(error)]));
// Without it the glue leaves collected objects alone: when a collection runs is no observation.
delete globalThis.FinalizationRegistry;
console.log = console.error = (...texts) => void seen.push(['log', texts.join(' ')]);
const answers = {};
for (const name of Object.keys(program(see, attempt).cases)) answers[name] = await run(name);
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
