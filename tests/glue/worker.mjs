// A Worker over the glue of `matrix`: /NAME/NUMBER calls an export and answers with what it gave.
import * as rust from "./matrix.js";

Object.assign(globalThis, {
    thrower: () => {
        throw new RangeError("the host's");
    },
});

export default {
    async fetch(request) {
        const [, name, number] = new URL(request.url).pathname.split("/");
        try {
            return Response.json(await rust[name](...number.split(",").map(Number)));
        } catch (error) {
            return Response.json(`${error.name}: ${error.message}`, { status: 500 });
        }
    },
};
