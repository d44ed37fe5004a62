const target = new EventTarget();
const seen = name => event => log(name, event.type, event.target === target);
const first = seen('first');
target.addEventListener('a', first);
target.addEventListener('a', first);
target.addEventListener('a', first, true);
target.addEventListener('a', seen('second'), { once: true });
target.addEventListener('b', seen('b'));
log(target.dispatchEvent(new Event('a')));
log('again', target.dispatchEvent(new Event('a')));
target.removeEventListener('a', first);
log('removed one', target.dispatchEvent(new Event('a')));
target.removeEventListener('a', first, { capture: true });
log('removed both', target.dispatchEvent(new Event('a')));

const object = { handleEvent(event) { log('object', this === object, event.type); } };
target.addEventListener('o', object);
target.addEventListener('o', null);
target.dispatchEvent(new Event('o'));
target.addEventListener('o', function () { log('this', this === target); });
target.dispatchEvent(new Event('o'));

const stopper = new EventTarget();
stopper.addEventListener('s', event => { log('one'); event.stopImmediatePropagation(); });
stopper.addEventListener('s', () => log('never'));
stopper.dispatchEvent(new Event('s'));

const preventing = new EventTarget();
preventing.addEventListener('p', event => event.preventDefault());
log(preventing.dispatchEvent(new Event('p', { cancelable: true })), preventing.dispatchEvent(new Event('p')));
const passive = new EventTarget();
passive.addEventListener('p', event => event.preventDefault(), { passive: true });
log('passive', passive.dispatchEvent(new Event('p', { cancelable: true })));

const growing = new EventTarget();
growing.addEventListener('g', () => { log('adds'); growing.addEventListener('g', () => log('added')); }, { once: true });
growing.dispatchEvent(new Event('g'));
log('then');
growing.dispatchEvent(new Event('g'));
const shrinking = new EventTarget();
const gone = () => log('gone');
shrinking.addEventListener('g', () => shrinking.removeEventListener('g', gone));
shrinking.addEventListener('g', gone);
shrinking.dispatchEvent(new Event('g'));

const nested = new Event('n');
const inner = new EventTarget();
inner.addEventListener('n', event => {
    try { inner.dispatchEvent(event); } catch (error) { log(error instanceof Error); }
});
inner.dispatchEvent(nested);
inner.dispatchEvent(nested);
log(nested.eventPhase, nested.currentTarget, nested.target === inner);

for (const wrong of [undefined, 5, {}]) {
    try { target.dispatchEvent(wrong); } catch (error) { log(error.name); }
}
try { target.addEventListener('x', 5); } catch (error) { log(error.name); }
try { EventTarget.prototype.addEventListener.call({}, 'x', () => 1); } catch (error) { log(error.name); }

const controller = new AbortController();
target.addEventListener('signal', () => log('with signal'), { signal: controller.signal });
target.dispatchEvent(new Event('signal'));
controller.abort();
target.dispatchEvent(new Event('signal'));
target.addEventListener('signal', () => log('too late'), { signal: controller.signal });
target.dispatchEvent(new Event('signal'));
