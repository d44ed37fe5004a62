// Runs programs (JSON on stdin: name -> text) as Node does; gives what they log (JSON on stdout).
import { readFileSync } from 'node:fs';
import { AsyncLocalStorage } from 'node:async_hooks';

const tagOf = value => Object.prototype.toString.call(value).slice(8, -1);
const nameOf = key => typeof key === 'symbol' ? key.toString() : key;

function shown(value) {
    switch (typeof value) {
        case 'string': return JSON.stringify(value);
        case 'bigint': return `${value}n`;
        case 'number': return Object.is(value, -0) ? '-0' : String(value);
        case 'function': return 'function';
        case 'symbol': return value.toString();
    }
    if (value === null || typeof value !== 'object') return String(value);
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (Array.isArray(value)) return `[${Array.from(value, shown).join(', ')}]`;
    const tag = tagOf(value);
    if (tag.endsWith('Array')) return `${tag}[${Array.from(value, shown).join(', ')}]`;
    const members = Reflect.ownKeys(value)
        .filter(key => Object.getOwnPropertyDescriptor(value, key).enumerable)
        .map(key => `${nameOf(key)}: ${shown(value[key])}`);
    return `${tag === 'Object' ? '' : tag}{${members.join(', ')}}`;
}

// An error that nobody catches belongs to the program in whose context it was thrown.
const current = new AsyncLocalStorage();
process.on('uncaughtException', error => current.getStore()?.reported.push(error));
const AsyncFunction = (async () => {}).constructor;

async function run(text) {
    const lines = [];
    const log = (...values) => { lines.push(values.map(shown).join(' ')); };
    const store = { reported: [] };
    await current.run(store, async () => {
        try {
            await new AsyncFunction('log', `'use strict'; ${text}`)(log);
        } catch (error) {
            log('uncaught', error);
        }
        await new Promise(resolve => setTimeout(resolve, 120));
    });
    for (const error of store.reported) log('reported', error);
    return lines;
}

const answers = {};
for (const [name, text] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
    answers[name] = await run(text);
}
process.stdout.write(JSON.stringify(answers));
