// What the programs of these tests are written in works as in JavaScript.
const {a, b = 2} = {a: 1};
const [first, , third = 'x', ...rest] = [1, 2, undefined, 4, 5];
log(a, b, first, third, rest, `t${a + b}`, typeof missing, typeof log, -0, 1n, null, undefined);
function add(x, ...more) { let sum = x; for (const each of more) sum += each; return sum; }
log(add(1, 2, 3), (() => ({ q: [1, 'a"b'] }))(), [...'ab'], {...{ z: 1 }, y: 2});
try { null.x; } catch (error) { log(error instanceof TypeError); } finally { log('finally'); }
let i = 0;
while (true) { i++; if (i === 2) continue; if (i > 3) break; log(i); }
log({ get p() { return 5; } }.p, a?.b?.c, undefined ?? 'd', !0, i > 3 ? 'yes' : 'no');
const later = async () => { log('start'); await null; log('resumed'); return 'done'; };
const promise = later();
log('after');
log(await promise);
await Promise.reject(new RangeError('r')).catch(error => log(error));
throw new Error('end');
