"""The globals of streams: ReadableStream and WritableStream with what their prototypes have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from unpoison import js
from unpoison.web.abort import AbortSignal
from unpoison.web.async_sources import source_of_iterable
from unpoison.web.idl import boolean, enforced_range, interface
from unpoison.web.pipe import Pipe
from unpoison.web.promises import Promise, mark_handled, rejected
from unpoison.web.queuing import STRATEGY_GLOBALS, high_water_mark, size_algorithm
from unpoison.web.readable_byob import BYOB_READER, ReadableStreamBYOBReader
from unpoison.web.readable_bytes import (
    BYOB_REQUEST,
    BYTE_CONTROLLER,
    ReadableByteStreamController,
)
from unpoison.web.readable_controller import (
    DEFAULT_CONTROLLER,
    ReadableStreamDefaultController,
)
from unpoison.web.readable_pulling import Source
from unpoison.web.readable_readers import DEFAULT_READER, ReadableStreamDefaultReader
from unpoison.web.readable_stream import ReadableStream
from unpoison.web.readable_tee import Tee
from unpoison.web.transform_stream import TRANSFORM_GLOBALS
from unpoison.web.underlying import sink_of, source_of
from unpoison.web.writable_controller import (
    WRITABLE_CONTROLLER,
    Sink,
    WritableStreamDefaultController,
)
from unpoison.web.writable_stream import WritableStream
from unpoison.web.writable_writer import WRITER, WritableStreamDefaultWriter

MAX_BYTES: Final = 1 << 29
"""Bytes of one buffer of a stream."""


def make_readable(realm: js.Realm, source: Source, mark: float = 1) -> ReadableStream:
    """Make a stream of a source of the host; `mark` is how many chunks it may be ahead."""
    stream = ReadableStream(realm)
    ReadableStreamDefaultController(stream, source, mark, lambda chunk: 1).start()
    return stream


def make_writable(realm: js.Realm, sink: Sink, mark: float = 1) -> WritableStream:
    """Make a stream to a sink of the host."""
    return start_writing(WritableStream(realm), sink, mark)


Writable = TypeVar("Writable", bound=WritableStream)


def start_writing(stream: Writable, sink: Sink, mark: float = 1) -> Writable:
    """Connect a new stream, of a class of its own perhaps, to a sink of the host."""
    WritableStreamDefaultController(stream, sink, mark, lambda chunk: 1).start()
    return stream


def stream_from(realm: js.Realm, values: object) -> ReadableStream:
    """Be `ReadableStream.from`: of an async or plain iterable. Raises js.TypeError."""
    return make_readable(realm, source_of_iterable(realm, values), 0)


def _construct_readable(realm: js.Realm, owner: object, strategy: object) -> ReadableStream:
    _check_object(owner, "underlyingSource")
    kind = js.get(owner, "type") if js.is_reference(owner) else None
    if kind is not None:
        if js.to_string(kind) != "bytes":
            raise js.TypeError(f"{js.to_string(kind)} is no type of a ReadableStream")
        return _construct_bytes(realm, owner, strategy)
    size, mark = size_algorithm(strategy), high_water_mark(strategy, 1)
    stream = ReadableStream(realm)
    ReadableStreamDefaultController(stream, source_of(realm, owner), mark, size).start()
    return stream


def _construct_bytes(realm: js.Realm, owner: object, strategy: object) -> ReadableStream:
    if js.is_reference(strategy) and js.get(strategy, "size") is not None:
        raise js.RangeError("the strategy of a stream of bytes has no size function")
    auto = js.get(owner, "autoAllocateChunkSize")
    size = None if auto is None else enforced_range(auto, MAX_BYTES, "autoAllocateChunkSize")
    if size == 0:
        raise js.TypeError("autoAllocateChunkSize must be greater than 0")
    stream = ReadableStream(realm)
    mark = high_water_mark(strategy, 0)
    ReadableByteStreamController(stream, source_of(realm, owner), mark, size).start()
    return stream


def _construct_writable(realm: js.Realm, owner: object, strategy: object) -> WritableStream:
    _check_object(owner, "underlyingSink")
    sink, size, mark = sink_of(realm, owner), size_algorithm(strategy), high_water_mark(strategy, 1)
    stream = WritableStream(realm)
    WritableStreamDefaultController(stream, sink, mark, size).start()
    return stream


def _check_object(owner: object, name: str) -> None:
    if owner is not None and not js.is_reference(owner):
        raise js.TypeError(f"The {name} argument must be an object")


def _get_reader(stream: ReadableStream, options: object) -> js.JsObject:
    mode = js.items_of(None if js.is_nullish(options) else options, "mode")["mode"]
    if mode is None:
        return ReadableStreamDefaultReader(stream.realm, stream)
    if js.to_string(mode) != "byob":
        raise js.TypeError(f"{js.to_string(mode)} is no mode of a reader")
    return ReadableStreamBYOBReader(stream.realm, stream)


def _tee(stream: ReadableStream) -> js.Array:
    return js.Array(Tee(stream).branches)


def _pipe_options(options: object) -> dict[str, Any]:
    given = None if js.is_nullish(options) else options
    found = js.items_of(given, "preventAbort", "preventCancel", "preventClose", "signal")
    signal = found["signal"]
    if signal is not None and not isinstance(signal, AbortSignal):
        raise js.TypeError("The signal option must be an AbortSignal")
    return {
        "prevent_abort": boolean(found["preventAbort"]),
        "prevent_cancel": boolean(found["preventCancel"]),
        "prevent_close": boolean(found["preventClose"]),
        "signal": signal,
    }


def _pipe_to(stream: ReadableStream, sink: object, options: object) -> Promise:
    try:
        if not isinstance(sink, WritableStream):
            raise js.TypeError("The destination argument must be a WritableStream")
        given = _pipe_options(options)
        if stream.locked or sink.locked:
            raise js.TypeError("pipeTo needs streams that are not locked")
    except js.Error as error:
        return rejected(stream.realm, error)
    return Pipe(stream, sink, **given).promise


def _pipe_through(stream: ReadableStream, pair: object, options: object) -> object:
    found = js.items_of(pair, "readable", "writable")
    readable, writable = found["readable"], found["writable"]
    if not isinstance(readable, ReadableStream) or not isinstance(writable, WritableStream):
        raise js.TypeError("The transform argument must have a readable and a writable stream")
    given = _pipe_options(options)
    if stream.locked or writable.locked:
        raise js.TypeError("pipeThrough needs streams that are not locked")
    mark_handled(Pipe(stream, writable, **given).promise)
    return readable


def _get_writer(stream: WritableStream) -> WritableStreamDefaultWriter:
    return WritableStreamDefaultWriter(stream.realm, stream)


WRITABLE_STREAM: Final[js.ClassSpec] = interface(
    WritableStream,
    operations=("abort", "close"),
    attributes=("locked",),
    methods={"getWriter": _get_writer},
    construct=_construct_writable,
    length=0,
)

STREAM_GLOBALS: Final[Mapping[str, object]] = {
    **STRATEGY_GLOBALS,
    **TRANSFORM_GLOBALS,
    "ReadableByteStreamController": BYTE_CONTROLLER,
    "ReadableStream": interface(
        ReadableStream,
        operations=("cancel",),
        attributes=("locked",),
        methods={
            "getReader": _get_reader,
            "pipeThrough": _pipe_through,
            "pipeTo": _pipe_to,
            "tee": _tee,
        },
        statics={"from": stream_from},
        construct=_construct_readable,
        length=0,
    ),
    "ReadableStreamBYOBReader": BYOB_READER,
    "ReadableStreamBYOBRequest": BYOB_REQUEST,
    "ReadableStreamDefaultController": DEFAULT_CONTROLLER,
    "ReadableStreamDefaultReader": DEFAULT_READER,
    "WritableStream": WRITABLE_STREAM,
    "WritableStreamDefaultController": WRITABLE_CONTROLLER,
    "WritableStreamDefaultWriter": WRITER,
}
