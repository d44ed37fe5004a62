// What the recorder of the peers needs of Node's `process`, on a host whose events are the web's.
//
// Without the registry the glue leaves collected objects alone, as in the recorder.
delete globalThis.FinalizationRegistry;

const events = {
    uncaughtException: ["error", (event) => event.error],
    unhandledRejection: ["unhandledrejection", (event) => event.reason],
};

// Gives a `process` that records a crate and hands what was seen to `write`.
export const processFor = (crate, write) => ({
    argv: ["", "", ".", "scenarios.json", crate],
    on(name, listener) {
        const [type, value] = events[name];
        addEventListener(type, (event) => {
            event.preventDefault();
            listener(value(event));
        });
    },
    stdout: { write },
});
