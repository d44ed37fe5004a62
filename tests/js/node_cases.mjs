// Runs the programs of node_cases.py (a JSON array on stdin) and describes what each gives.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

if (process.argv[2]) {
    globalThis.scramble = bytes => { bytes[0] = 9; bytes.set([7, 8], 1); };
    globalThis.guest = createRequire(import.meta.url)(process.argv[2]);
}

function describe(value, depth = 0) {
    if (depth > 4) return '...';
    switch (typeof value) {
        case 'number': return Object.is(value, -0) ? '-0' : String(value);
        case 'bigint': return `${value}n`;
        case 'string': return JSON.stringify(value);
        case 'function': return `function ${value.name}/${value.length}`;
        case 'object': return value === null ? 'null' : describeObject(value, depth);
        default: return String(value);
    }
}

function describeObject(value, depth) {
    if (value instanceof Error) return `error ${value}`;
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag.endsWith('ArrayBuffer')) return `${tag} ${value.byteLength}`;
    if (['Number', 'String', 'Boolean'].includes(tag))
        return `${tag}(${describe(value.valueOf(), depth + 1)})`;
    if (tag.endsWith('Array'))
        return `${tag}[${Array.from({ length: value.length }, (_, i) => describe(value[i], depth + 1)).join(', ')}]`;
    const keys = Reflect.ownKeys(value).filter(k => Object.getOwnPropertyDescriptor(value, k).enumerable);
    return `${tag} {${keys.map(k => `${String(k)}: ${describe(value[k], depth + 1)}`).join(', ')}}`;
}

function answer(program) {
    try {
        return describe((0, eval)(program));
    } catch (error) {
        return `throws ${error instanceof Error ? error : describe(error)}`;
    }
}

const asked = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(asked.map(answer)));
