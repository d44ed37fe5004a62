const bytes = text => new Uint8Array([...text].map(c => c.charCodeAt(0)));
for (const format of ['gzip', 'deflate', 'deflate-raw']) {
    const packed = new Blob(['hello hello hello hello']).stream().pipeThrough(new CompressionStream(format));
    log(format, await new Response(packed.pipeThrough(new DecompressionStream(format))).text());
}
const packed = await new Response(new Blob(['x'.repeat(1000)]).stream().pipeThrough(new CompressionStream('gzip'))).bytes();
log(packed.length < 100, packed[0], packed[1]);
const read = data => new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
log((await read(packed)).length);
await read(packed.slice(0, 20)).catch(e => log(e.name));
await read(bytes('no gzip')).catch(e => log(e.name));
for (const wrong of ['zip', undefined]) { try { new CompressionStream(wrong); } catch (e) { log(e.name); } }
const writer = new CompressionStream('gzip').writable.getWriter();
writer.closed.catch(e => log('closed', e.name));
await writer.write('text').catch(e => log(e.name));
