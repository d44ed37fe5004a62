// What is dropped of what JavaScript has let go, and by `free()`: how many guards after each step.
//
//     node --expose-gc weak.mjs GLUE.js [without]     without: as in a host without finalisers
import { createRequire } from "node:module";

const [file, without] = process.argv.slice(2);
if (without) delete globalThis.FinalizationRegistry;
const usual = { risky: (n) => n, reenter: (n) => n, thrower() {}, apply: (f, x) => f(x) };
Object.assign(globalThis, usual, { apply_mut: usual.apply, raw_hook: (n) => n, raw_plain: (n) => n });
const rust = createRequire(import.meta.url)(file);

async function collect() {
    for (let round = 0; round < 3; round++) {
        await new Promise((done) => setTimeout(done, 0));
        globalThis.gc();
    }
}

async function dropped(act) {
    const before = rust.drops();
    act();
    await collect();
    return rust.drops() - before;
}

const seen = {
    "objects that are collected": await dropped(() => {
        for (let number = 0; number < 3; number++) new rust.Counted();
    }),
    "a closure that is collected": await dropped(() => void rust.guarded_closure()),
    "objects that are freed": await dropped(() => {
        for (let number = 0; number < 3; number++) new rust.Counted().free();
    }),
    "an object that is disposed of": await dropped(() => new rust.Counted()[Symbol.dispose]()),
    "an object that is freed twice": await dropped(() => {
        const counted = new rust.Counted();
        counted.free();
        try {
            counted.free();
        } catch {} // It is gone: both glues say so.
    }),
};
process.stdout.write(JSON.stringify(seen), () => process.exit(0));
