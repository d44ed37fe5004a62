const decoder = new TextDecoder();
log(decoder.encoding, decoder.fatal, decoder.ignoreBOM, decoder.decode(), decoder.decode(undefined), Object.prototype.toString.call(decoder));
const bytes = (...values) => new Uint8Array(values);
const sequences = [[], [0x61], [0xC3, 0xA9], [0xC3], [0xC3, 0x28], [0xA0], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x98, 0x80], [0xF0, 0x9F, 0x98],
    [0xF0, 0x9F, 0x41], [0xF8, 0x88, 0x80], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF, 0xFE],
    [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF, 0x61], [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF], [0xEF, 0xBB], [0x61, 0xEF, 0xBB, 0xBF], [0, 1, 0x7F], [0xF0, 0x80, 0x80, 0x41], [0xE1, 0x80, 0xE2, 0xF0, 0x91, 0x92, 0xF1, 0xBF, 0x41]];
for (const sequence of sequences) {
    const data = new Uint8Array(sequence);
    log(sequence, decoder.decode(data), new TextDecoder('utf-8', { ignoreBOM: true }).decode(data));
    try { log(new TextDecoder('utf-8', { fatal: true }).decode(data)); } catch (error) { log(error.name); }
}
for (const label of ['utf8', ' UTF-8 ', 'unicode-1-1-utf-8', 'utf-16', 'utf-16le', 'UTF-16BE', 'unicode', 'latin1', 'ascii', 'iso-8859-1', 'windows-1252', 'cp1251', 'koi8-u',
    'iso-8859-8-i', 'logical', 'x-mac-cyrillic', 'mac', 'dos-874', 'l9', '\tutf8\n', 'iso-8859-16']) {
    log(label, new TextDecoder(label).encoding);
}
for (const wrong of ['', 'nonsense', 'utf-7', 'replacement', 'iso-2022-kr', 'utf\u00AD8', null]) {
    try { log(new TextDecoder(wrong).encoding); } catch (error) { log(error.name); }
}
const stream = new TextDecoder();
log(stream.decode(bytes(0xF0, 0x9F), { stream: true }), stream.decode(bytes(0x98), { stream: true }), stream.decode(bytes(0x80, 0x61)));
log(stream.decode(bytes(0xE2, 0x82), { stream: true }), stream.decode());
log(stream.decode(bytes(0xEF), { stream: true }), stream.decode(bytes(0xBB, 0xBF, 0x78), { stream: true }), stream.decode(bytes(0xEF, 0xBB, 0xBF), { stream: true }).length, stream.decode());
log(stream.decode(bytes(0xEF, 0xBB, 0xBF, 0x79)));
for (const [label, data] of [['utf-16le', [0x61, 0, 0x3D, 0xD8, 0, 0xDE]], ['utf-16le', [0xFF, 0xFE, 0x61, 0]], ['utf-16be', [0xFE, 0xFF, 0, 0x61]], ['utf-16le', [0, 0xD8]], ['utf-16le', [0, 0xDC, 0x61, 0]],
    ['utf-16le', [0x61]], ['utf-16le', [0, 0xD8, 0x61, 0]], ['utf-16be', [0xD8, 0]], ['utf-16le', [0x3D, 0xD8, 0x3D, 0xD8, 0, 0xDE]]]) {
    log(label, data, new TextDecoder(label).decode(new Uint8Array(data)));
    try { log(new TextDecoder(label, { fatal: true }).decode(new Uint8Array(data))); } catch (error) { log(error.name); }
}
const utf16 = new TextDecoder('utf-16le');
log(utf16.decode(bytes(0x3D), { stream: true }), utf16.decode(bytes(0xD8, 0), { stream: true }), utf16.decode(bytes(0xDE)));
const buffer = bytes(0x61, 0x62, 0x63, 0x64).buffer;
log(decoder.decode(buffer), decoder.decode(new Uint8Array(buffer, 1, 2)), decoder.decode(new DataView(buffer, 2)), decoder.decode(new Uint16Array(buffer)));
for (const wrong of ['text', 5, {}, [97]]) {
    try { decoder.decode(wrong); log('decoded'); } catch (error) { log(error.name); }
}
