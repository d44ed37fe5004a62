// Answers cases (a JSON list of function bodies on stdin) as Node does (a JSON list on stdout).
// `show` describes a result exactly; script.py has the same function in Python.
import { readFileSync } from 'node:fs';

const name = key => typeof key === 'symbol' ? key.toString() : key;

function show(value, depth) {
    switch (typeof value) {
        case 'number': return Object.is(value, -0) ? '-0' : String(value);
        case 'string': return JSON.stringify(value);
        case 'bigint': return `${value}n`;
        case 'symbol': return value.toString();
        case 'function': return `function ${value.name}/${value.length}`;
        case 'object': return value === null ? 'null' : showObject(value, depth - 1);
        default: return String(value);
    }
}

function showObject(value, depth) {
    if (Error.isError(value)) return `${value.name}: ${value.message}`;
    if (!depth) return '...';
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    const inner = each => show(each, depth);
    if (['Map', 'Set'].includes(tag) && typeof value[Symbol.iterator] === 'function')
        return `${tag}(${Array.from(value).map(inner).join(',')})`;
    if (Array.isArray(value)) {
        const named = Object.keys(value).filter(key => !/^\d+$/.test(key));
        const members = named.map(key => `${key}:${inner(value[key])}`).join(',');
        return `[${Array.from(value, inner).join(',')}]${members && `{${members}}`}`;
    }
    if (value instanceof RegExp && tag === 'RegExp') return `${value} at ${inner(value.lastIndex)}`;
    if (value instanceof Date) return `Date ${inner(value.getTime())}`;
    const keys = Reflect.ownKeys(value)
        .filter(key => Object.prototype.propertyIsEnumerable.call(value, key));
    const members = keys.map(key => `${name(key)}:${inner(value[key])}`);
    return `${tag === 'Object' ? '' : tag}{${members.join(',')}}`;
}

process.on('unhandledRejection', () => {});
const answers = [];
for (const body of JSON.parse(readFileSync(0, 'utf8'))) {
    try {
        answers.push(show(await new Function(`"use strict"; ${body}`)(), 5));
    } catch (error) {
        answers.push(`throws ${show(error, 5)}`);
    }
}
process.stdout.write(JSON.stringify(answers));
