// Makes one fault at one kind of crossing, under the glue of the crate `matrix`, and says what came
// of it: node --expose-gc matrix.mjs GLUE.js CASES.json
//
// A case is [crossing, fault] or [crossing, fault, inner]: then JavaScript, which the crossing calls,
// makes the fault by another crossing. Each case has a fresh copy of the glue. What is printed of a
// case: what the caller got, what nobody could be given, how many guards were dropped, what the heap
// of the guest grew by, what the next calls do, and what they do after a reset.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [file, cases] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const FAULTS = { nothing: 0, panic: 1, throw: 2, abort: 3 };
const thrown = new RangeError("the host's");

let rust, uncaught, nested;

process.on("uncaughtException", (error) => uncaught.push(error));
process.on("unhandledRejection", (error) => uncaught.push(error));

function fault(kind) {
    if (kind !== FAULTS.nothing && nested !== undefined) return faultInside(kind);
    if (kind === FAULTS.throw) throw thrown;
    return rust.fault(kind);
}

function faultInside(kind) {
    const inner = nested;
    nested = undefined;
    try {
        return inner(kind);
    } finally {
        nested = inner;
    }
}

const apply = (callback, kind) =>
    nested === undefined ? callback(kind) : callback(0) + fault(kind);

const pause = () => new Promise((done) => setTimeout(done, 0));

async function answer(kind) {
    await pause();
    return fault(kind);
}

function cursor(kind) {
    const kinds = [FAULTS.nothing, kind];
    return { next: () => (kinds.length ? fault(kinds.shift()) : undefined) };
}

function iterable(kind) {
    const { next } = cursor(kind);
    const step = () => {
        const value = next();
        return { done: value === undefined, value };
    };
    return { [Symbol.iterator]: () => ({ next: step }) };
}

function reader(kind) {
    const { next } = cursor(kind);
    return {
        read: async () => {
            await pause();
            const value = next();
            return { done: value === undefined, value };
        },
    };
}

function streamReader(kind) {
    const { next } = cursor(kind);
    const pull = (controller) => {
        const value = next();
        value === undefined ? controller.close() : controller.enqueue(value);
    };
    return new ReadableStream({ pull }, { highWaterMark: 0 }).getReader();
}

function armed(use) {
    return (kind) => {
        const value = new rust.Armed(0, kind);
        try {
            return use(value, kind);
        } finally {
            if (alive()) value.free();
        }
    };
}

function alive() {
    try {
        rust.drops();
        return true;
    } catch {
        return false;
    }
}

async function collect() {
    for (let round = 0; round < 3; round++) {
        await pause();
        globalThis.gc();
    }
    await pause();
}

const numbers = (kind) => ({
    length: 2,
    0: 0,
    get 1() {
        return fault(kind);
    },
});

const CROSSINGS = {
    "argument conversion": (kind) => Number(rust.convert_argument("", kind)),
    "sequence conversion": (kind) => rust.convert_sequence(numbers(kind)),
    "result conversion": (kind) => rust.convert_result(kind),
    "import": (kind) => rust.call_import(kind),
    "import with catch": (kind) => rust.call_caught(kind),
    "import whose error Rust swallows": (kind) => rust.swallow(kind) % 1000,
    "owned closure": (kind) => rust.owned_closure()(kind),
    "borrowed closure": (kind) => {
        const kept = rust.kept_closure();
        try {
            return kept(kind);
        } finally {
            if (alive()) rust.drop_kept();
        }
    },
    "once closure": (kind) => rust.once_closure()(kind),
    "immediate closure": (kind) => rust.lend_closure(kind),
    "immediate mutable closure": (kind) => rust.lend_mut_closure(kind) - 1,
    "constructor": (kind) => (new rust.Armed(kind, 0).free(), 0),
    "getter": armed((value) => value.value),
    "setter": armed((value, kind) => ((value.value = kind), 0)),
    "method": armed((value, kind) => value.method(kind)),
    "consuming method": (kind) => new rust.Armed(0, 0).consume(kind),
    "field": armed((value) => (value.field.free(), 0)),
    "destructor by free": (kind) => (new rust.Bomb(kind).free(), 0),
    "destructor by consumption": (kind) => (new rust.Bomb(kind).consume(), 0),
    "destructor by collection": async (kind) => {
        (() => void new rust.Bomb(kind))();
        await collect();
        return 0;
    },
    "promise callback": (kind) => rust.then_fault(Promise.resolve(0), kind),
    "iterator of its own kind": (kind) => rust.sum_cursor(cursor(kind)),
    "iterator next": (kind) => rust.sum_iterable(iterable(kind)),
    "async export": (kind) => rust.task(0, 1, kind),
    "async export after two turns": (kind) => rust.task(0, 2, kind),
    "promise argument": (kind) => rust.wait_for(answer(kind)),
    "task after an await": (kind) => rust.wait_then_fault(answer(0), kind),
    "async import": (kind) => rust.ask(kind),
    "async import with catch": (kind) => rust.ask_caught(kind),
    "stream read": (kind) => rust.sum_stream(streamReader(kind)),
    "reader of its own kind": (kind) => rust.sum_stream(reader(kind)),
};

const LEFT_TO_COLLECT = new Set(["owned closure", "destructor by collection"]);

async function outcome(act) {
    let timer;
    const late = new Promise((done) => {
        timer = setTimeout(() => done({ pending: true }), 1000);
    });
    try {
        const value = await Promise.race([act(), late]);
        return value?.pending ? value : { value };
    } catch (error) {
        return facts(error);
    } finally {
        clearTimeout(timer);
    }
}

function facts(error) {
    if (error === thrown) return { thrown: true };
    const name = error instanceof Error ? error.name : `bare ${error?.constructor?.name}`;
    return { name, message: error?.message };
}

async function makeCase(crossing, kind, inner) {
    for (const path of Object.keys(require.cache)) delete require.cache[path];
    uncaught = [];
    rust = require(file);
    const cross = CROSSINGS[crossing];
    await outcome(() => rust.fault(FAULTS.panic));
    await outcome(() => rust.swallow(FAULTS.throw));
    const warm = await outcome(() => cross(0));
    await outcome(() => cross(0));
    // A collection takes far longer than a case, and few leave anything to it.
    const settle = LEFT_TO_COLLECT.has(inner ?? crossing) ? collect : pause;
    if (inner !== undefined) CROSSINGS[inner](0);
    await settle();
    rust.bump();
    const before = [rust.drops(), rust.allocated()];
    nested = CROSSINGS[inner];
    const told = await outcome(() => cross(FAULTS[kind]));
    nested = undefined;
    await (inner === undefined ? collect() : settle()); // What was dropped is not dropped again.
    const result = { warm, told, uncaught: uncaught.map(facts), alive: alive() };
    if (result.alive) {
        result.drops = rust.drops() - before[0];
        result.grown = rust.allocated() - before[1];
        result.bump = rust.bump();
    } else {
        result.after = await outcome(() => rust.bump());
    }
    rust.__wbg_reset_state();
    result.fresh = rust.bump();
    const drops = rust.drops();
    result.again = await outcome(() => cross(0));
    await settle();
    result.againDrops = rust.drops() - drops;
    return result;
}

Object.assign(globalThis, {
    thrower: () => { throw thrown; },
    host: fault,
    apply,
    apply_mut: apply,
    answer,
});
const results = [];
for (const one of JSON.parse(readFileSync(cases, "utf8"))) results.push(await makeCase(...one));
process.stdout.write(JSON.stringify(results), () => process.exit(0));
