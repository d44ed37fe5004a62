// Runs the recorder of the peers in a Worker, on the `worker` target: what it needs of Node is here.
//
// The recorder takes a fresh copy of the glue for each scenario, and at once; so all are loaded first.
import given from "./given.json";
import { processFor } from "./recorder_process.mjs";

const { crate, scenarios } = given;

globalThis.startsLater = true;

async function record() {
    const copies = await Promise.all(scenarios.map((_, number) => import(`./${crate}.${number}.js`)));
    globalThis.node = {
        createRequire: () => Object.assign(() => copies.pop(), { cache: {} }),
        readFileSync: () => JSON.stringify(scenarios),
        resolve: (_, name) => name,
    };
    return new Promise((done) => {
        globalThis.process = processFor(crate, done);
        import("./record.mjs").then(({ start }) => start());
    });
}

export default { fetch: async () => new Response(await record()) };
