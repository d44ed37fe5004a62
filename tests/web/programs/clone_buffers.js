const bytes = new Uint8Array([1, 2, 3, 4]);
const copy = structuredClone(bytes);
copy[0] = 9;
log(copy, bytes, copy.buffer === bytes.buffer, structuredClone(bytes.subarray(1, 3)).byteOffset);
const both = structuredClone([bytes, bytes.buffer, new DataView(bytes.buffer, 2)]);
log(both[0].buffer === both[1], both[2].buffer === both[1], both[2].getUint8(0), both[2].byteLength);
for (const view of [new Float64Array([1.5]), new BigInt64Array([-1n]), new Uint16Array(2)]) log(structuredClone(view));
const moved = new Uint8Array([5, 6]);
const result = structuredClone({ moved, again: moved.buffer }, { transfer: [moved.buffer] });
log(result.moved, result.again === result.moved.buffer, moved.length, moved.buffer.byteLength);
for (const call of [() => structuredClone(moved.buffer), () => structuredClone(1, { transfer: [bytes] }),
    () => structuredClone(() => 1, { transfer: [bytes.buffer] })]) {
    try { call(); log('cloned'); } catch (error) { log(error instanceof Error); }
}
log(bytes.length, structuredClone(new Date(5)).getTime(), structuredClone(new Date(NaN)).getTime());
const pattern = structuredClone(/a(b)/gi);
log(pattern.source, pattern.flags, pattern.lastIndex, pattern instanceof RegExp);
