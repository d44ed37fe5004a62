// Runs modules and prints one line for each: what every call of `run` left as the trace, in
// hexadecimal, with "!" before it when the call trapped and "?" when an exception came out.
// Input (standard input): per module its size as 32 bits, little-endian, then its bytes.
import { readFileSync } from "node:fs";

const calls = Number(process.argv[2]);
const input = readFileSync(0);

function outcome(exports, argument) {
  let mark = "";
  try {
    exports.run(argument);
  } catch (error) {
    mark = error instanceof WebAssembly.RuntimeError ? "!" : "?";
  }
  return mark + (exports.trace.value >>> 0).toString(16);
}

const lines = [];
for (let position = 0; position < input.length; ) {
  const size = input.readUInt32LE(position);
  const bytes = input.subarray(position + 4, position + 4 + size);
  position += 4 + size;
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const outcomes = [];
    for (let argument = 1; argument <= calls; argument++) outcomes.push(outcome(exports, argument));
    lines.push(outcomes.join(" "));
  } catch (error) {
    lines.push(`refused: ${error.message}`);
  }
}
process.stdout.write(lines.join("\n"));
