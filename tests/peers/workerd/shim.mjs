// What joins the glue of wasm-bindgen's CLI to workerd, for modules that unwind. It does what the
// shim of worker-build does: events are methods of an entry point, and an object that Rust made
// is made again, from the same arguments, when its Wasm instance has been replaced.
// bundle.py adds one export per Rust class.
import { WorkerEntrypoint } from "cloudflare:workers";
import * as rust from "./index.js";

const EVENTS = new Set(["fetch", "scheduled", "queue", "email", "connect"]);
const HIDDEN = new Set(["__wbg_reset_state", "__worker_init_state"]);
const worker = rust.__worker_init_state();

class Entrypoint extends WorkerEntrypoint {}

for (const [name, item] of Object.entries(rust)) {
  if (HIDDEN.has(name) || item.toString().startsWith("class ")) continue;
  Entrypoint.prototype[name] = EVENTS.has(name)
    ? { [name](event) { return item(event, this.env, this.ctx); } }[name]
    : item;
}

function remade(made) {
  const forwards = Object.getOwnPropertyNames(Reflect).map((trap) => [
    trap,
    (_, ...rest) => Reflect[trap](made.object, ...rest),
  ]);
  return new Proxy(made, {
    ...Object.fromEntries(forwards),
    get(_, name, receiver) {
      if (made.instance !== worker.instanceId) {
        made.object = Reflect.construct(made.of, made.with, made.as);
        made.instance = worker.instanceId;
      }
      return Reflect.get(made.object, name, receiver);
    },
  });
}

const remaking = {
  construct(of, args, as) {
    const object = Reflect.construct(of, args, as);
    return remade({ object, of, with: args, as, instance: worker.instanceId });
  },
};

export default new Proxy(Entrypoint, remaking);
