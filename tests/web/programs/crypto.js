log(crypto instanceof Crypto, crypto.subtle instanceof SubtleCrypto, crypto.subtle === crypto.subtle, Object.prototype.toString.call(crypto));
for (const make of [() => new Int8Array(3), () => new Uint8Array(3), () => new Uint8ClampedArray(3), () => new Int16Array(3), () => new Uint32Array(3), () => new BigInt64Array(3), () => new BigUint64Array(3)]) {
    const view = make();
    log(crypto.getRandomValues(view) === view, view.length);
}
const wide = crypto.getRandomValues(new Uint8Array(65536));
log(wide.some(value => value > 200), wide.some(value => value < 50), crypto.getRandomValues(new Uint8Array(0)).length);
const edge = new Uint8Array(8);
crypto.getRandomValues(edge.subarray(2, 6));
log(edge[0], edge[1], edge[6], edge[7]);
for (const wrong of [new Float32Array(1), new Float64Array(1), new DataView(new ArrayBuffer(1)), new ArrayBuffer(1), [1], undefined]) {
    try { crypto.getRandomValues(wrong); log('filled'); } catch (error) { log(error instanceof Error); }
}
try { crypto.getRandomValues(new Uint8Array(65537)); } catch (error) { log(error.name, error.code); }
try { crypto.getRandomValues(new Float32Array(1)); } catch (error) { log(error.name, error.code); }
const uuid = crypto.randomUUID();
log(uuid.length, uuid === crypto.randomUUID());
const hex = buffer => [...new Uint8Array(buffer)].map(byte => (byte < 16 ? '0' : '') + byte.toString(16)).join('');
const data = new TextEncoder().encode('The quick brown fox');
for (const name of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512', 'sha-256']) {
    log(name, hex(await crypto.subtle.digest(name, data)), hex(await crypto.subtle.digest({ name }, new Uint8Array(0))));
}
log(hex(await crypto.subtle.digest('SHA-256', data.buffer)), hex(await crypto.subtle.digest('SHA-256', data.subarray(4, 9))));
for (const [name, value] of [['MD5', data], ['', data], [undefined, data], [{}, data], ['SHA-256', 'text'], ['SHA-256', undefined]]) {
    await crypto.subtle.digest(name, value).then(() => log('digested'), error => log(error.name));
}
const raw = new Uint8Array([1, 2, 3, 4, 5]);
const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, true, ['verify', 'sign', 'sign']);
log(key instanceof CryptoKey, key.type, key.extractable, key.algorithm, key.usages);
const signature = await crypto.subtle.sign('HMAC', key, data);
log(hex(signature), await crypto.subtle.verify({ name: 'hmac' }, key, signature, data), await crypto.subtle.verify('HMAC', key, new Uint8Array(32), data), await crypto.subtle.verify('HMAC', key, new Uint8Array(3), data));
log(hex(await crypto.subtle.exportKey('raw', key)), await crypto.subtle.exportKey('jwk', key));
const jwk = await crypto.subtle.importKey('jwk', { kty: 'oct', k: 'AQIDBAU' }, { name: 'HMAC', hash: { name: 'SHA-512' } }, false, ['sign']);
log(jwk.algorithm, jwk.extractable, hex(await crypto.subtle.sign('HMAC', jwk, data)));
const made = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-384' }, true, ['sign']);
log(made.algorithm, (await crypto.subtle.exportKey('raw', made)).byteLength);
const failing = [() => crypto.subtle.exportKey('raw', jwk), () => crypto.subtle.verify('HMAC', jwk, signature, data),
    () => crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, true, []), () => crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, true, ['encrypt']),
    () => crypto.subtle.importKey('raw', new Uint8Array(0), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']), () => crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, true, ['juggle']),
    () => crypto.subtle.sign('HMAC', {}, data), () => crypto.subtle.sign('HMAC', key, 'text'), () => crypto.subtle.importKey('raw', raw, { name: 'HMAC' }, true, ['sign'])];
for (const call of failing) await call().then(() => log('done'), error => log(error.name));
const copy = structuredClone(key);
log(copy === key, copy.algorithm, copy.usages, hex(await crypto.subtle.sign('HMAC', copy, data)) === hex(signature));
try { new Crypto(); } catch (error) { log(error.name); }
try { new CryptoKey(); } catch (error) { log(error.name); }
