// What is hard to reach: each case gets a fresh copy of the glue of `counter`, and gives what it saw.
//
//     node --expose-gc edges.mjs GLUE.js
import { createRequire } from "node:module";

const [file] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const uncaught = [];
process.on("uncaughtException", (error) => uncaught.push(facts(error)));
process.on("unhandledRejection", (error) => uncaught.push(facts(error)));

const pause = (time = 0) => new Promise((done) => setTimeout(done, time));

async function collect() {
    for (let round = 0; round < 3; round++) {
        await pause();
        globalThis.gc();
    }
    await pause();
}

const facts = (error) => `${error?.name}: ${error?.message}`;

function told(act) {
    try {
        return act();
    } catch (error) {
        return facts(error);
    }
}

const settled = (promise) =>
    Promise.race([
        promise.then((value) => value, facts),
        pause(300).then(() => "pending"),
    ]);

let calls, traced;

// Records the calls of the instance's own functions from here on, by wrapping each instance's exports.
function trace() {
    const { Instance } = WebAssembly;
    calls = [];
    traced = function (module, imports) {
        const exports = {};
        const instance = new Instance(module, imports);
        for (const [name, value] of Object.entries(instance.exports)) {
            exports[name] =
                typeof value === "function"
                    ? (...given) => {
                          calls.push(name);
                          return value(...given);
                      }
                    : value;
        }
        return { exports };
    };
    WebAssembly.Instance = traced;
    return () => {
        WebAssembly.Instance = Instance;
    };
}

function fresh() {
    for (const path of Object.keys(require.cache)) delete require.cache[path];
    return require(file);
}

const CASES = {
    async "nothing of a dead instance is called"() {
        const untrace = trace();
        const rust = fresh();
        untrace();
        const held = [new rust.Acc(), rust.adder(1), rust.kept_closure()];
        told(() => rust.abort_now());
        calls.length = 0;
        const seen = [
            told(() => rust.greet("long text, which would be copied into its memory")),
            told(() => held[0].push(1)),
            told(() => held[0].label),
            told(() => held[0].free()),
            told(() => held[1](1)),
            told(() => held[2](1)),
            told(() => new rust.Acc()),
        ];
        held[2]._wbg_cb_unref();
        held.length = 0;
        await collect();
        return [seen, calls];
    },
    async "nothing of a replaced instance reaches the new one"() {
        const rust = fresh();
        const acc = new rust.Acc();
        const other = new rust.Acc();
        const closure = rust.adder(1);
        rust.ask_reinit();
        const seen = [
            told(() => other.absorb(acc)),
            told(() => acc.free()),
            told(() => acc.finish()),
            told(() => (acc.label = "x")),
            told(() => new rust.Acc().swallow(acc)),
            told(() => closure(1)),
        ];
        closure._wbg_cb_unref();
        await collect();
        return [seen, rust.bump()];
    },
    async "pending promises are rejected at once when the instance dies"() {
        const rust = fresh();
        const waiting = [rust.slow(50), rust.slow(60)].map(settled);
        told(() => rust.abort_now());
        return Promise.all(waiting);
    },
    async "pending promises are rejected when the instance is replaced"() {
        const rust = fresh();
        const waiting = settled(rust.slow(5));
        rust.ask_reinit();
        return [rust.bump(), await waiting, rust.bump()];
    },
    async "a renewal waits for the calls that are under way"() {
        const rust = fresh();
        rust.bump();
        globalThis.reenter = () => {
            rust.ask_reinit();
            return rust.bump();
        };
        return [told(() => rust.call_back(1)), rust.bump()];
    },
    async "a value that kills the instance while it is converted"() {
        const untrace = trace();
        const rust = fresh();
        untrace();
        calls.length = 0;
        const killer = { valueOf: () => (told(() => rust.abort_now()), 1) };
        return [told(() => rust.add(killer, 1)), calls.filter((name) => name === "add")];
    },
    async "what is no text, and what is no object of the class"() {
        const rust = fresh();
        const acc = new rust.Acc();
        return [
            told(() => rust.greet(5)),
            told(() => rust.greet(null)),
            told(() => acc.absorb({})),
            told(() => acc.absorb(null)),
            told(() => rust.add(1n, 1)),
            told(() => rust.add(Symbol("x"), 1)),
            rust.greet("fine"),
        ];
    },
    async "an object that was freed"() {
        const rust = fresh();
        const acc = new rust.Acc();
        acc.free();
        return [told(() => acc.push(1)), told(() => acc.free()), rust.bump()];
    },
    async "a memory that grows while texts are passed"() {
        const rust = fresh();
        const long = "x".repeat(3_000_000);
        const lengths = [rust.greet(long).length, rust.greet("é".repeat(1_000_000)).length];
        return [...lengths, rust.greet("ä"), rust.bump()];
    },
    async "texts of every kind"() {
        const rust = fresh();
        const texts = ["", "a", "x".repeat(31), "x".repeat(32), "x".repeat(40) + "é", "é", "😀",
            "x".repeat(33) + "😀".repeat(20), "\ud800", "a\0b", "é".repeat(40) + "a"];
        return texts.map((text) => rust.greet(text) === `Hello, ${text.toWellFormed?.() ?? text.replace("\ud800", "\ufffd")}!`);
    },
    async "using, and a second free"() {
        const rust = fresh();
        const dispose = Symbol.dispose ?? Symbol.for("nodejs.dispose");
        const counted = new rust.Counted();
        counted[dispose]();
        return [rust.drops(), told(() => counted[dispose]())];
    },
    async "a collected object is dropped, one of a dead instance is not"() {
        const rust = fresh();
        (() => void new rust.Counted())();
        await collect();
        const drops = rust.drops();
        (() => void new rust.Counted())();
        told(() => rust.abort_now());
        await collect();
        return [drops, told(() => rust.bump())];
    },
    async "a terminated instance keeps its cause"() {
        const rust = fresh();
        let death;
        try {
            rust.abort_now();
        } catch (error) {
            death = error;
        }
        try {
            rust.bump();
        } catch (error) {
            return [error.message, error.cause === death];
        }
    },
};

const usual = { risky: (n) => n, reenter: (n) => n, thrower() {}, apply: (f, x) => f(x) };
Object.assign(globalThis, usual, { apply_mut: usual.apply, raw_hook: (n) => n, raw_plain: (n, m) => n * m });
const results = {};
for (const [name, act] of Object.entries(CASES)) {
    Object.assign(globalThis, usual);
    uncaught.length = 0;
    results[name] = [await act(), [...uncaught]];
}
process.stdout.write(JSON.stringify(results), () => process.exit(0));
