const event = new Event('ping');
log(event.type, event.bubbles, event.cancelable, event.composed, event.isTrusted, event.eventPhase);
log(event.target, event.currentTarget, event.srcElement, event.composedPath(), event.defaultPrevented);
log(event.returnValue, event.cancelBubble, typeof event.timeStamp, Event.AT_TARGET);
event.preventDefault();
log('not cancelable', event.defaultPrevented);
const other = new Event('pong', { bubbles: true, cancelable: 1, composed: 'x' });
log(other.bubbles, other.cancelable, other.composed);
other.preventDefault();
log(other.defaultPrevented, other.returnValue);
other.stopPropagation();
log(other.cancelBubble);
for (const make of [() => new Event('x', 5), () => Event('x')]) {
    try { make(); log('made'); } catch (error) { log(error.name); }
}
log(new Event('x', null).type, new Event('x', undefined).type, new Event(null).type, new Event(5).type);
const custom = new CustomEvent('c', { detail: { a: 1 }, bubbles: true });
log(custom.detail, custom.bubbles, custom instanceof Event, new CustomEvent('c').detail);
log(Object.prototype.toString.call(custom), Object.prototype.toString.call(new EventTarget()));
const message = new MessageEvent('message', { data: [1], origin: 'http://x', lastEventId: '7' });
log(message.data, message.origin, message.lastEventId, message.source, message.ports);
log(new MessageEvent('m').data, new MessageEvent('m').origin);
const close = new CloseEvent('close', { code: 1001, reason: 'gone', wasClean: true });
log(close.code, close.reason, close.wasClean, close.type);
const failure = new ErrorEvent('error', { message: 'm', filename: 'f', lineno: 1, colno: 2, error: 5 });
log(failure.message, failure.filename, failure.lineno, failure.colno, failure.error);
