// Runs the recorder of the peers in a Worker, on the `worker` target: what it needs of Node is here.
//
// The recorder takes a fresh copy of the glue for each scenario, and at once; so all are loaded first.
import given from "./given.json";

const { crate, scenarios } = given;
// Without it the glue leaves collected objects alone, as in the recorder.
delete globalThis.FinalizationRegistry;

const events = {
    uncaughtException: ["error", (event) => event.error],
    unhandledRejection: ["unhandledrejection", (event) => event.reason],
};

globalThis.startsLater = true;

async function record() {
    const copies = await Promise.all(scenarios.map((_, number) => import(`./${crate}.${number}.js`)));
    globalThis.node = {
        createRequire: () => Object.assign(() => copies.pop(), { cache: {} }),
        readFileSync: () => JSON.stringify(scenarios),
        resolve: (_, name) => name,
    };
    return new Promise((done) => {
        globalThis.process = {
            argv: ["", "", ".", "scenarios.json", crate],
            on(name, listener) {
                const [type, value] = events[name];
                addEventListener(type, (event) => {
                    event.preventDefault();
                    listener(value(event));
                });
            },
            stdout: { write: done },
        };
        import("./record.mjs").then(({ start }) => start());
    });
}

export default { fetch: async () => new Response(await record()) };
