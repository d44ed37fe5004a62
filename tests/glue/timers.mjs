// Replaces the instance of `gloo` while its timers run: node timers.mjs GLUE.js
import { createRequire } from "node:module";

const rust = createRequire(import.meta.url)(process.argv[2]);
const uncaught = [];
process.on("uncaughtException", (error) => uncaught.push(error.message));
process.on("unhandledRejection", (error) => uncaught.push(error.message));

const pause = (time) => new Promise((done) => setTimeout(done, time));
const numbers = [];
const ticker = new rust.Ticker(2, (number) => numbers.push(number));
const waiting = rust.pause(30).catch((error) => error.message);
await pause(60);
const ticked = numbers.length > 3;
const lost = rust.pause(30).catch((error) => error.message);
rust.__wbg_reset_state();
const before = numbers.length;
await pause(60);
const seen = [ticked, await waiting, await lost, numbers.length - before, await rust.pause(1)];
ticker.free();
process.stdout.write(JSON.stringify([seen, uncaught]), () => process.exit(0));
