// A Durable Object that does what it is told with its storage; see test_workerd_storage.py.
// A request is {id or name, steps}; the answer has for each step its value, or the error's text.
import { DurableObject } from "cloudflare:workers";

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
const bound = (value) => (value?.hex === undefined ? value : bytes(value.hex));
const shown = (value) => (value instanceof ArrayBuffer ? { hex: hex(value) } : value);
const entries = (map) => [...map];

export class Storage extends DurableObject {
  async fetch(request) {
    const steps = await request.json();
    const answers = [];
    for (const step of steps) answers.push(await this.answer(this.ctx.storage, step));
    return Response.json(answers);
  }

  async answer(storage, step) {
    try {
      return (await this.step(storage, ...step)) ?? null;
    } catch (error) {
      return { error: `${error.name}: ${error.message}` };
    }
  }

  async step(storage, name, ...given) {
    switch (name) {
      case "sql": {
        const [query, ...bindings] = given;
        const cursor = this.ctx.storage.sql.exec(query, ...bindings.map(bound));
        return { columns: cursor.columnNames, rows: [...cursor.raw()].map((row) => row.map(shown)) };
      }
      case "one": return Object.entries(this.ctx.storage.sql.exec(...given).one());
      case "put": return storage.put(...given);
      case "eval": return storage.put(given[0], this.env.UNSAFE.eval(`(${given[1]})`));
      case "get": return Array.isArray(given[0]) ? entries(await storage.get(given[0])) : storage.get(...given);
      case "delete": return storage.delete(...given);
      case "list": return entries(await storage.list(...given));
      case "deleteAll": return storage.deleteAll();
      case "setAlarm": return storage.setAlarm(...given);
      case "getAlarm": return storage.getAlarm();
      case "deleteAlarm": return storage.deleteAlarm();
      case "id": return [this.ctx.id.toString(), this.ctx.id.name ?? null];
      case "size": return this.ctx.storage.sql.databaseSize > 0;
      case "transaction": return this.transaction(storage, ...given);
      case "transactionSync": return this.transactionSync(...given);
    }
  }

  async transaction(storage, steps, end) {
    const answers = [];
    await storage.transaction(async (transaction) => {
      for (const step of steps) answers.push(await this.answer(transaction, step));
      if (end === "rollback") transaction.rollback();
      if (end === "throw") throw new Error("thrown");
      if (end === "use") {
        transaction.rollback();
        await transaction.get("a");
      }
    });
    return answers;
  }

  transactionSync(rows, fails) {
    this.ctx.storage.transactionSync(() => {
      for (const row of rows) this.ctx.storage.sql.exec("INSERT INTO t VALUES (?)", row);
      if (fails) throw new Error("thrown");
    });
  }

  alarm() {}
}

export default {
  async fetch(request, env) {
    const { name, id, steps } = await request.json();
    const object = id === undefined ? env.STORAGE.idFromName(name) : env.STORAGE.idFromString(id);
    return env.STORAGE.get(object).fetch("http://o/", { method: "POST", body: JSON.stringify(steps) });
  },
};
