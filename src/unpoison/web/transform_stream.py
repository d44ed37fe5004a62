"""TransformStream: a writable and a readable side, and a transformer between. Streams 6."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from unpoison import js
from unpoison.web.idl import interface
from unpoison.web.promises import Deferred, Promise, invoked, resolved, transformed, upon
from unpoison.web.queuing import SizeAlgorithm, high_water_mark, size_algorithm
from unpoison.web.readable_controller import ReadableStreamDefaultController
from unpoison.web.readable_pulling import Source
from unpoison.web.readable_stream import ERRORED, ReadableStream
from unpoison.web.underlying import method, nothing, promised
from unpoison.web.writable_controller import Sink, WritableStreamDefaultController
from unpoison.web.writable_stream import ERRORING, WRITABLE, WritableStream


@dataclass(frozen=True, slots=True)
class Transformer:
    """What is between the sides: `start` may raise, the others give promises."""

    transform: Callable[[Any, Any], Promise]
    flush: Callable[[Any], Promise]
    cancel: Callable[[object], Promise]
    start: Callable[[Any], object] = nothing


class TransformStream(js.JsObject):
    """What is written to `writable` comes out of `readable`, transformed."""

    __slots__ = (
        "_backpressure",
        "_change",
        "_finish",
        "_reading",
        "_transformer",
        "controller",
        "readable",
        "realm",
        "writable",
    )

    def __init__(
        self,
        realm: js.Realm,
        transformer: Transformer,
        *,
        writable_mark: float = 1,
        writable_size: SizeAlgorithm = lambda chunk: 1,
        readable_mark: float = 0,
        readable_size: SizeAlgorithm = lambda chunk: 1,
    ) -> None:
        super().__init__()
        self.realm = realm
        self._transformer: Transformer | None = transformer
        self._finish: Deferred | None = None
        self._backpressure = False
        self._change = Deferred(realm)
        start = Deferred(realm)
        self.writable = WritableStream(realm)
        sink = Sink(lambda _: start.promise, self._write, self._close, self._abort)
        self.readable = ReadableStream(realm)
        source = Source(lambda _: start.promise, self._pull, self._cancel)
        writing = WritableStreamDefaultController(self.writable, sink, writable_mark, writable_size)
        writing.start()
        self._reading = ReadableStreamDefaultController(
            self.readable, source, readable_mark, readable_size
        )
        self._reading.start()
        self._set_backpressure(True)
        self.controller = TransformStreamDefaultController(self)
        start.resolve(transformer.start(self.controller))

    def _set_backpressure(self, backpressure: bool) -> None:
        self._change.resolve(None)
        self._change = Deferred(self.realm)
        self._backpressure = backpressure

    def fail(self, reason: object) -> None:
        """Be TransformStreamError."""
        self._reading.fail_if_readable(reason)
        self.fail_writable(reason)

    def fail_writable(self, reason: object) -> None:
        """Be TransformStreamErrorWritableAndUnblockWrite."""
        self._transformer = None
        self.writable.controller.error(reason)  # type: ignore[attr-defined]
        if self._backpressure:
            self._set_backpressure(False)

    def enqueue(self, chunk: object) -> None:
        """Be TransformStreamDefaultControllerEnqueue."""
        if not self._reading.can_close_or_enqueue:
            raise js.TypeError("Invalid state: Unable to enqueue")
        try:
            self._reading.enqueue(chunk)
        except Exception as error:
            self.fail_writable(js.from_exception(error))
            if self.readable.state == ERRORED:
                raise js.as_exception(self.readable.stored_error) from None
            raise
        backpressure = self._reading.has_backpressure
        if backpressure != self._backpressure:
            self._set_backpressure(True)

    def terminate(self) -> None:
        """Be TransformStreamDefaultControllerTerminate."""
        self._reading.close_now()
        self.fail_writable(js.TypeError("The transform stream has been terminated"))

    @property
    def room(self) -> object:
        """How much the readable side would take."""
        return self._reading.desired_size

    def _write(self, chunk: object, _: object) -> Promise:
        if not self._backpressure:
            return self._transform(chunk)
        return transformed(self._change.promise, lambda _: self._write_now(chunk))

    def _write_now(self, chunk: object) -> Promise:
        if self.writable.state == ERRORING:
            raise js.as_exception(self.writable.stored_error)
        return self._transform(chunk)

    def _transform(self, chunk: object) -> Promise:
        if self._transformer is None:
            return resolved(self.realm)
        done = self._transformer.transform(chunk, self.controller)

        def failed(reason: object) -> object:
            self.fail(reason)
            raise js.as_exception(reason)

        return transformed(done, None, failed)

    def _abort(self, reason: object) -> Promise:
        if self._finish is not None:
            return self._finish.promise
        return self._end(
            self._take().cancel, reason, lambda: self.readable.state == ERRORED,
            lambda: self.readable.stored_error,
            lambda: self._reading.fail_if_readable(reason), self._reading.fail_if_readable,
        )  # fmt: skip

    def _cancel(self, reason: object) -> Promise:
        if self._finish is not None:
            return self._finish.promise
        return self._end(
            self._take().cancel, reason, lambda: self.writable.state == "errored",
            lambda: self.writable.stored_error,
            lambda: self._unblock(reason), self._unblock,
        )  # fmt: skip

    def _unblock(self, reason: object) -> None:
        if self.writable.state == WRITABLE:
            self.writable.controller.error(reason)  # type: ignore[attr-defined]
        if self._backpressure:
            self._set_backpressure(False)

    def _close(self) -> Promise:
        if self._finish is not None:
            return self._finish.promise
        return self._end(
            self._take().flush, self.controller, lambda: self.readable.state == ERRORED,
            lambda: self.readable.stored_error,
            self._reading.close_now, self._reading.fail_if_readable,
        )  # fmt: skip

    def _take(self) -> Transformer:
        transformer, self._transformer = self._transformer, None
        if transformer is not None:
            return transformer
        done = promised(self.realm, None)
        return Transformer(done, done, done)

    def _end(
        self,
        action: Callable[[Any], Promise],
        argument: object,
        has_failed: Callable[[], bool],
        error: Callable[[], object],
        succeed: Callable[[], object],
        fail: Callable[[object], object],
    ) -> Promise:
        """Be the abort, cancel and close algorithms of 6.4.4 and 6.4.5, which differ in sides."""
        self._finish = finish = Deferred(self.realm)

        def done(_: object) -> None:
            if has_failed():
                finish.reject(error())
            else:
                succeed()
                finish.resolve(None)

        def failed(reason: object) -> None:
            fail(reason)
            finish.reject(reason)

        upon(action(argument), done, failed)
        return finish.promise

    def _pull(self, _: object) -> Promise:
        self._set_backpressure(False)
        return self._change.promise


class TransformSides(js.JsObject):
    """The sides of a transform that the platform makes. Streams 9.3, GenericTransformStream."""

    __slots__ = ("_transform", "realm")

    def __init__(self, realm: js.Realm, transformer: Transformer) -> None:
        super().__init__()
        self.realm = realm
        self._transform = TransformStream(realm, transformer)

    @property
    def readable(self) -> ReadableStream:
        """What comes out."""
        return self._transform.readable

    @property
    def writable(self) -> WritableStream:
        """What goes in."""
        return self._transform.writable


class TransformStreamDefaultController(js.JsObject):
    """What a transformer uses to give chunks. Streams 6.3."""

    __slots__ = ("_stream",)

    def __init__(self, stream: TransformStream) -> None:
        super().__init__()
        self._stream = stream

    @property
    def desired_size(self) -> object:
        """How much the readable side would take."""
        return self._stream.room

    def enqueue(self, chunk: object = None) -> None:
        """Give a chunk. Raises js.TypeError when the readable side takes none."""
        self._stream.enqueue(chunk)

    def error(self, reason: object = None) -> None:
        """Make both sides fail."""
        self._stream.fail(reason)

    def terminate(self) -> None:
        """Close the readable side and fail the writable one."""
        self._stream.terminate()


def _transformer_of(realm: js.Realm, owner: object) -> Transformer:
    cancel, flush, start = (method(owner, name) for name in ("cancel", "flush", "start"))
    for name in ("readableType", "writableType"):
        if js.is_reference(owner) and js.get(owner, name) is not None:
            raise js.RangeError(f"Invalid {name} specified")
    transform = method(owner, "transform")

    def copy(chunk: object, controller: Any) -> Promise:
        return invoked(realm, controller.enqueue, chunk)

    run = copy if transform is None else promised(realm, transform)
    return Transformer(run, promised(realm, flush), promised(realm, cancel), start or nothing)


def _construct(
    realm: js.Realm, transformer: object, writable: object, readable: object
) -> TransformStream:
    made = _transformer_of(realm, transformer)
    return TransformStream(
        realm,
        made,
        writable_mark=high_water_mark(writable, 1),
        writable_size=size_algorithm(writable),
        readable_mark=high_water_mark(readable, 0),
        readable_size=size_algorithm(readable),
    )


TRANSFORM_STREAM: Final[js.ClassSpec] = interface(
    TransformStream, attributes=("readable", "writable"), construct=_construct, length=0
)

TRANSFORM_GLOBALS: Final = {
    "TransformStream": TRANSFORM_STREAM,
    "TransformStreamDefaultController": interface(
        TransformStreamDefaultController,
        operations=("enqueue", "error", "terminate"),
        attributes=("desiredSize",),
    ),
}
