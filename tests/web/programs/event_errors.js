const target = new EventTarget();
target.addEventListener('x', () => { throw new RangeError('first fails'); });
target.addEventListener('x', () => log('second runs'));
log(target.dispatchEvent(new Event('x')));
