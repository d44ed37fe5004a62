// Uses the glue of every example, in whichever host; gives what was seen, as plain data.

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function told(act) {
    try {
        return await act();
    } catch (error) {
        // Each engine has words of its own for a trap.
        return error?.name === "RuntimeError" ? error.name : `${error?.name}: ${error?.message ?? error}`;
    }
}

function digest(bytes) {
    let sum = 0;
    for (const byte of bytes) sum = (sum * 31 + byte) >>> 0;
    return [bytes.length, sum];
}

const SCHEMA = "person = { name: text .size (1..40), age: uint .lt 150, ? tags: [* text] }";
const RULE = { and: [{ "<": [{ var: "temp" }, 110] }, { "==": [{ var: "pie.filling" }, "apple"] }] };

const USES = {
    async stats(rust) {
        const series = new rust.Series();
        const seen = [await told(() => new rust.Series().mean)];
        for (const number of [2, 4.5, 3]) series.push(number);
        seen.push(series.count, series.mean, series.trend(), rust.Trend[series.trend()]);
        series.free();
        seen.push(await told(() => series.count));
        seen.push(rust.mean([1, 2, 6]), rust.median(new Float64Array([3, 1, 2])), rust.median([]) ?? null);
        seen.push(rust.repeat("né ☃", 3), [...rust.parse("1,-2,3")], await told(() => rust.parse("1,x")));
        return seen;
    },
    async jsonlogic(rust) {
        const add = { "+": [{ var: "current" }, { var: "accumulator" }] };
        return [
            rust.apply(RULE, { temp: 100, pie: { filling: "apple" } }),
            rust.apply(RULE, { temp: 212, pie: {} }),
            rust.apply({ reduce: [{ var: "prices" }, add, 0] }, { prices: [1.5, 2.25, 3] }),
            await told(() => rust.apply({ "no such operator": [1] }, null)),
        ];
    },
    async cddl_check(rust) {
        const check = (person) => rust.validate_json_from_str(SCHEMA, JSON.stringify(person)) ?? null;
        return [
            await told(() => check({ name: "Ada", age: 36, tags: ["maths"] })),
            await told(() => check({ name: "", age: 200 })),
            await told(() => rust.validate_json_from_str("person = {", "{}")),
        ];
    },
    async photon(rust) {
        const pixels = new Uint8Array(128 * 64 * 4).fill(255);
        const picture = new rust.PhotonImage(pixels, 128, 64);
        rust.draw_text(picture, "Rust", 8, 4, 60);
        rust.sepia(picture);
        const small = rust.resize(picture, 64, 32, rust.SamplingFilter.Nearest);
        const framed = rust.padding_uniform(small, 8, new rust.Rgba(255, 0, 255, 255));
        const png = framed.get_bytes();
        const again = rust.PhotonImage.new_from_byteslice(png);
        return [
            digest(small.get_raw_pixels()), [framed.get_width(), framed.get_height()], digest(png),
            digest(again.get_raw_pixels()), (await told(() => rust.PhotonImage.new_from_byteslice([1]))) !== "",
        ];
    },
    async gloo(rust) {
        const ticks = [];
        const ticker = new rust.Ticker(1, (number) => ticks.push(number));
        const waited = await rust.pause(40);
        ticker.free();
        const count = ticks.length;
        await pause(20);
        return [waited, ticks.slice(0, 3), count === ticks.length];
    },
};

export const NAMES = Object.keys(USES);

// Gives what each example did; `glue` gives the exports of one by its name.
export async function useAll(glue) {
    const seen = {};
    for (const name of NAMES) {
        const rust = await glue(name);
        seen[name] = await told(() => USES[name](rust));
    }
    return seen;
}
