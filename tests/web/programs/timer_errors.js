setTimeout(() => { throw new RangeError('in a timer'); }, 1);
setTimeout(() => log('the next one runs'), 5);
