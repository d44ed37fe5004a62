// node run_examples.mjs FOLDER: uses the glue of each example there, for CommonJS.
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { useAll } from "./examples.mjs";

const require = createRequire(import.meta.url);
const seen = await useAll((name) => require(resolve(process.argv[2], `${name}.js`)));
process.stdout.write(JSON.stringify(seen), () => process.exit(0));
