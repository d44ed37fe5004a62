const chunks = (...items) => new ReadableStream({ start(c) { for (const item of items) c.enqueue(item); c.close(); } });
const all = async stream => { const found = []; const reader = stream.getReader(); for (;;) { const { value, done } = await reader.read(); if (done) return found; found.push(value); } };
log((await all(chunks('h\u00e9', '', '\ud83d', '\ude00', 5).pipeThrough(new TextEncoderStream()))).map(c => c.join()));
log((await all(chunks('a\ud83d', 'b', '\ud83d').pipeThrough(new TextEncoderStream()))).map(c => c.join()));
log(await all(chunks(new Uint8Array([0xEF, 0xBB, 0xBF, 104, 0xC3]), new Uint8Array([0xA9, 0xF0]), new Uint8Array([0x9F, 0x98, 0x80])).pipeThrough(new TextDecoderStream())));
log(await all(chunks(new Uint8Array([0xC3])).pipeThrough(new TextDecoderStream())));
await all(chunks(new Uint8Array([0xFF])).pipeThrough(new TextDecoderStream('utf-8', { fatal: true }))).catch(e => log(e.name));
await all(chunks('text').pipeThrough(new TextDecoderStream())).catch(e => log(e.name));
const d = new TextDecoderStream('latin1', { ignoreBOM: true });
log(d.encoding, d.fatal, d.ignoreBOM, new TextEncoderStream().encoding);
try { new TextDecoderStream('nothing'); } catch (e) { log(e.name); }
