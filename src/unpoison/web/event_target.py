"""EventTarget: listeners and dispatch. DOM standard 2.7 to 2.9."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from unpoison import js
from unpoison.web.dom_exception import DOMException
from unpoison.web.event import AT_TARGET, NONE, Event
from unpoison.web.host_access import milliseconds, report
from unpoison.web.idl import boolean, interface


class Signal(Protocol):
    """What an AbortSignal is to this file."""

    aborted: bool

    def add_algorithm(self, algorithm: Callable[[], object]) -> object:
        """Call an algorithm once when the signal is aborted."""


class Listener:
    """One listener. DOM standard 2.7."""

    __slots__ = ("callback", "capture", "once", "passive", "removed", "type")

    def __init__(
        self, type_: str, callback: object, *, capture: bool, once: bool, passive: bool
    ) -> None:
        self.type, self.callback = type_, callback
        self.capture, self.once, self.passive = capture, once, passive
        self.removed = False

    def is_for(self, type_: str, callback: object, capture: bool) -> bool:
        """Tell whether adding these would add the same listener."""
        same = js.strict_equal(self.callback, callback)
        return same and self.type == type_ and self.capture == capture


class EventTarget(js.JsObject):
    """Something that events are dispatched to. Python code may add any callable as a listener."""

    __slots__ = ("_handlers", "_listeners", "realm")

    def __init__(self, realm: js.Realm) -> None:
        super().__init__()
        self.realm = realm
        self._listeners: list[Listener] = []
        self._handlers: dict[str, Listener] = {}

    def add_event_listener(self, type: object, callback: object, options: object = None) -> None:  # noqa: A002
        """Call a function (or the `handleEvent` of an object) for each event of a type.

        `options` is a boolean for `capture`, or has capture, once, passive and signal. Raises
        js.TypeError for a callback that is neither.
        """
        name, capture = js.to_string(type), _capture(options)
        found = js.items_of(options if js.is_reference(options) else None, "once", "passive")
        signal = _signal(options)
        if js.is_nullish(callback):
            return
        _check_callback(callback)
        if signal is not None and signal.aborted:
            return
        if any(each.is_for(name, callback, capture) for each in self._listeners):
            return
        listener = Listener(
            name,
            callback,
            capture=capture,
            once=boolean(found["once"]),
            passive=boolean(found["passive"]),
        )
        self._add(listener)
        if signal is not None:
            signal.add_algorithm(lambda: self._remove(listener))

    def remove_event_listener(
        self,
        type: object,  # noqa: A002
        callback: object,
        options: object = None,
    ) -> None:
        """Forget a listener; `options` counts by its `capture` only."""
        name, capture = js.to_string(type), _capture(options)
        for each in self._listeners:
            if each.is_for(name, callback, capture):
                self._remove(each)
                return

    def dispatch_event(self, event: Event) -> bool:
        """Call the listeners of an event now; false when one of them prevented the default.

        What a listener raises is reported to the host. Raises DOMException "InvalidStateError"
        for an event that is being dispatched, js.TypeError for what is no event.
        """
        if not isinstance(event, Event):
            raise js.TypeError('The "event" argument must be an instance of Event')
        if event.dispatching:
            raise DOMException("The event is already being dispatched", "InvalidStateError")
        event.is_trusted = False
        return self.dispatch(event)

    def fire(self, type_: str) -> bool:
        """Dispatch an event of the platform itself."""
        event = Event(type_, time_stamp=milliseconds(self.realm))
        event.is_trusted = True
        return self.dispatch(event)

    def dispatch(self, event: Event) -> bool:
        """Be the dispatch algorithm for a target without parents. DOM standard 2.9."""
        event.dispatching = True
        event.target = event.current_target = self
        event.event_phase = AT_TARGET
        try:
            for capture in (True, False):
                if not event.stopped:
                    self._call_listeners(event, capture)
        finally:
            event.event_phase, event.current_target = NONE, js.null
            event.dispatching = event.stopped = event.stopped_immediately = False
        return not event.canceled

    def _call_listeners(self, event: Event, capture: bool) -> None:
        for listener in tuple(self._listeners):
            if listener.removed or listener.type != event.type or listener.capture != capture:
                continue
            if listener.once:
                self._remove(listener)
            event.in_passive = listener.passive
            try:
                self._call(listener.callback, event)
            except Exception as error:  # noqa: BLE001 - a listener never stops the others
                report(self.realm, error)
            event.in_passive = False
            if event.stopped_immediately:
                return

    def _call(self, callback: Any, event: Event) -> None:
        if js.is_function(callback):
            js.invoke(callback, self, event)
        else:
            self.realm.call_method(callback, "handleEvent", event)

    def _add(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def _remove(self, listener: Listener) -> None:
        listener.removed = True
        if listener in self._listeners:
            self._listeners.remove(listener)

    def handler(self, type_: str) -> object:
        """Give the value of an event handler attribute such as `onabort`. HTML 8.1.8.1."""
        found = self._handlers.get(type_)
        return js.null if found is None else found.callback

    def set_handler(self, type_: str, value: object) -> None:
        """Set an event handler attribute: what is no object removes it."""
        found = self._handlers.get(type_)
        if not js.is_reference(value):
            if found is not None:
                del self._handlers[type_]
                self._remove(found)
        elif found is not None:
            found.callback = value
        else:
            made = Handler(type_, value, capture=False, once=False, passive=False)
            self._handlers[type_] = made
            self._add(made)


class Handler(Listener):
    """The listener of an event handler attribute; no other listener is the same."""

    __slots__ = ()

    def is_for(self, type_: str, callback: object, capture: bool) -> bool:
        """See Listener."""
        return False


def _check_callback(callback: object) -> None:
    if not js.is_reference(callback):
        raise js.TypeError('The "listener" argument must be an instance of EventListener')


def _capture(options: object) -> bool:
    if js.is_reference(options):
        return boolean(js.get(options, "capture"))
    return boolean(options)


def _signal(options: object) -> Signal | None:
    signal: Any = js.get(options, "signal") if js.is_reference(options) else None
    if signal is None:
        return None
    is_one = isinstance(signal, EventTarget) and hasattr(signal, "add_algorithm")
    if not is_one:
        raise js.TypeError('The "signal" option must be an instance of AbortSignal')
    found: Signal = signal
    return found


EVENT_TARGET: Final[js.ClassSpec] = interface(
    EventTarget,
    operations=("addEventListener", "dispatchEvent", "removeEventListener"),
    construct=EventTarget,
    length=0,
)
