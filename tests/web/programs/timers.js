log('script');
setTimeout(() => log('ten'), 10);
setTimeout((...values) => log('arguments', values), 0, 1, 'two');
setTimeout(() => log('five'), 5);
setTimeout(() => { log('one'); Promise.resolve().then(() => log('microtask of one')); }, 1);
setTimeout(() => log('also one'), 1);
queueMicrotask(() => log('microtask'));
Promise.resolve().then(() => log('job'));
clearTimeout(setTimeout(() => log('never'), 2));
let count = 0;
const interval = setInterval(() => { count++; log('interval', count); if (count === 3) clearInterval(interval); }, 13);
setTimeout(() => { const nested = setTimeout(() => log('nested'), 5); log('outer'); }, 60);
const cleared = setInterval(() => log('never'), 5);
clearTimeout(cleared);
clearTimeout(undefined); clearTimeout(null); clearTimeout(-5); clearTimeout(123456);
for (const wrong of ['log(1)', undefined, 5, {}]) {
    try { setTimeout(wrong, 1); } catch (error) { log(error.name); }
}
log('end of script');
