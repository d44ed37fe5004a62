const encoder = new TextEncoder();
log(encoder.encoding, encoder.encode(), encoder.encode(''), encoder.encode('a\u00e9\u20ac\u{1F600}'), encoder.encode('\uD800x\uDC00'), encoder.encode(undefined), encoder.encode(null), encoder.encode(12));
log(encoder.encode('x') instanceof Uint8Array, Object.prototype.toString.call(encoder));
const texts = ['', 'abc', 'a\u00e9b', '\u20ac\u20ac', '\u{1F600}x', 'x\u{1F600}', '\uD800', 'a\uDC00b', 'abcdefghijkl'];
for (const text of texts) {
    for (const size of [0, 1, 2, 3, 4, 5, 8]) {
        const bytes = new Uint8Array(size);
        log(text, size, encoder.encodeInto(text, bytes), bytes);
    }
}
const part = new Uint8Array(6).subarray(2, 4);
log(encoder.encodeInto('xyz', part), new Uint8Array(part.buffer));
for (const wrong of [undefined, {}, new Uint16Array(2), new ArrayBuffer(2), 5]) {
    try { encoder.encodeInto('x', wrong); log('encoded'); } catch (error) { log(error.name); }
}
try { TextEncoder.prototype.encode.call({}, 'x'); } catch (error) { log(error.name); }
