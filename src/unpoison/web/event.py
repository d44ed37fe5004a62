"""Event and the plain events below it. DOM standard 2.2, 2.3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from unpoison import js
from unpoison.web.host_access import milliseconds
from unpoison.web.idl import boolean, double, integer, interface, null_for, usv_string

NONE, CAPTURING_PHASE, AT_TARGET, BUBBLING_PHASE = range(4)
PHASES: Final = {
    "NONE": NONE,
    "CAPTURING_PHASE": CAPTURING_PHASE,
    "AT_TARGET": AT_TARGET,
    "BUBBLING_PHASE": BUBBLING_PHASE,
}


class Event(js.JsObject):
    """Something that happened; `dispatch_event` of an EventTarget tells its listeners.

    `type` is its name; `bubbles`, `cancelable` and `composed` are as in `new Event(type, {...})`.
    """

    __slots__ = (
        "bubbles",
        "cancelable",
        "canceled",
        "composed",
        "current_target",
        "dispatching",
        "event_phase",
        "in_passive",
        "is_trusted",
        "stopped",
        "stopped_immediately",
        "target",
        "time_stamp",
        "type",
    )

    def __init__(
        self,
        type: str,  # noqa: A002 - the name of the standard
        *,
        bubbles: bool = False,
        cancelable: bool = False,
        composed: bool = False,
        time_stamp: float = 0,
    ) -> None:
        super().__init__()
        self.type = type
        self.bubbles, self.cancelable, self.composed = bubbles, cancelable, composed
        self.time_stamp = time_stamp
        self.is_trusted = False
        self.target: object = js.null
        self.current_target: object = js.null
        self.event_phase = NONE
        self.dispatching = self.in_passive = self.canceled = False
        self.stopped = self.stopped_immediately = False

    @property
    def src_element(self) -> object:
        """The target, under its old name."""
        return self.target

    @property
    def default_prevented(self) -> bool:
        """Whether `preventDefault` was called where it counts."""
        return self.canceled

    @property
    def return_value(self) -> bool:
        """The opposite of `defaultPrevented`; setting it to false prevents the default."""
        return not self.canceled

    @return_value.setter
    def return_value(self, value: object) -> None:
        if not boolean(value):
            self.prevent_default()

    @property
    def cancel_bubble(self) -> bool:
        """Whether `stopPropagation` was called; setting it to true calls it."""
        return self.stopped

    @cancel_bubble.setter
    def cancel_bubble(self, value: object) -> None:
        if boolean(value):
            self.stop_propagation()

    def composed_path(self) -> js.Array:
        """Give the targets that the event is dispatched to, while it is."""
        return js.Array([] if self.current_target is js.null else [self.current_target])

    def stop_propagation(self) -> None:
        """Dispatch it to no further target."""
        self.stopped = True

    def stop_immediate_propagation(self) -> None:
        """Call no further listener."""
        self.stopped = self.stopped_immediately = True

    def prevent_default(self) -> None:
        """Cancel it, if it is cancelable and the listener is not passive."""
        if self.cancelable and not self.in_passive:
            self.canceled = True

    def init_event(self, type: object, bubbles: object, cancelable: object) -> None:  # noqa: A002
        """Be `initEvent`, the constructor of old."""
        if not self.dispatching:
            self.stopped = self.stopped_immediately = self.canceled = False
            self.is_trusted, self.target = False, js.null
            self.type = js.to_string(type)
            self.bubbles, self.cancelable = boolean(bubbles), boolean(cancelable)

    def __repr__(self) -> str:
        return f"<js {type(self).__name__} {self.type}>"


def fill(realm: js.Realm, event: Event, options: object) -> Event:
    """Take what every event's constructor takes."""
    found = js.items_of(options, "bubbles", "cancelable", "composed")
    event.bubbles, event.cancelable = boolean(found["bubbles"]), boolean(found["cancelable"])
    event.composed = boolean(found["composed"])
    event.time_stamp = milliseconds(realm)
    return event


def _construct(realm: js.Realm, type: object, options: object) -> Event:  # noqa: A002
    return fill(realm, Event(js.to_string(type)), options)


EVENT: Final = interface(
    Event,
    operations=(
        "composedPath",
        "initEvent",
        "preventDefault",
        "stopImmediatePropagation",
        "stopPropagation",
    ),
    attributes=(
        "bubbles",
        "cancelable",
        "composed",
        "currentTarget",
        "defaultPrevented",
        "eventPhase",
        "isTrusted",
        "srcElement",
        "target",
        "timeStamp",
        "type",
    ),
    writable=("cancelBubble", "returnValue"),
    constants=PHASES,
    construct=_construct,
    length=1,
)


class PlainEvent(Event):
    """An event with further attributes; `details` has them by their names in the standard."""

    __slots__ = ("details",)

    def __init__(self, type: str, **details: object) -> None:  # noqa: A002
        super().__init__(type)
        self.details = details


class CustomEvent(PlainEvent):
    """An event of the program's own, with any value as its detail."""

    __slots__ = ()


class MessageEvent(PlainEvent):
    """A message that came. HTML 9.1."""

    __slots__ = ()


class ErrorEvent(PlainEvent):
    """An error that was reported. HTML 8.1.4.6."""

    __slots__ = ()


class CloseEvent(PlainEvent):
    """A connection that was closed. WebSockets standard 6."""

    __slots__ = ()


class ProgressEvent(PlainEvent):
    """How far a transfer is. XMLHttpRequest standard 5."""

    __slots__ = ()


class PromiseRejectionEvent(PlainEvent):
    """A promise that was rejected and not handled. HTML 8.1.4.7."""

    __slots__ = ()


def _text(value: object) -> object:
    return "" if value is None else js.to_string(value)


def _url(value: object) -> object:
    return "" if value is None else usv_string(value)


def _number(value: object) -> object:
    return 0 if value is None else js.number_to_python(float(double(value, "a progress")))


def _short(value: object) -> object:
    return 0 if value is None else integer(value, 16)


def _long(value: object) -> object:
    return 0 if value is None else integer(value, 32)


def _same(value: object) -> object:
    return value


def _sequence(value: object) -> object:
    return js.Array([] if value is None else js.iterate(value))


Conversion = Callable[[Any], object]
DETAILS: Final[Mapping[type[PlainEvent], Mapping[str, Conversion]]] = {
    CustomEvent: {"detail": null_for},
    MessageEvent: {
        "data": null_for,
        "lastEventId": _text,
        "origin": _url,
        "ports": _sequence,
        "source": null_for,
    },
    ErrorEvent: {
        "colno": _long,
        "error": _same,
        "filename": _url,
        "lineno": _long,
        "message": _text,
    },
    CloseEvent: {"code": _short, "reason": _url, "wasClean": boolean},
    ProgressEvent: {"lengthComputable": boolean, "loaded": _number, "total": _number},
    PromiseRejectionEvent: {"promise": _same, "reason": _same},
}
"""The attributes of each class: how a member of the constructor's options becomes one."""


def _constructor(kind: type[PlainEvent]) -> Callable[..., Event]:
    def construct(realm: js.Realm, type: object, options: object) -> Event:  # noqa: A002
        found = js.items_of(options, *sorted(DETAILS[kind]))
        details = {name: convert(found[name]) for name, convert in DETAILS[kind].items()}
        return fill(realm, kind(js.to_string(type), **details), options)

    return construct


def _reader(name: str) -> Callable[[PlainEvent], object]:
    return lambda event: event.details[name]


def _spec(kind: type[PlainEvent]) -> js.ClassSpec:
    return interface(
        kind,
        EVENT,
        getters={name: _reader(name) for name in DETAILS[kind]},
        construct=_constructor(kind),
        length=1,
    )


EVENT_CLASSES: Final[Mapping[str, js.ClassSpec]] = {
    "Event": EVENT,
    **{kind.__name__: _spec(kind) for kind in DETAILS},
}
"""Event and the classes below it, by name."""
