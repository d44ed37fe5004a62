"""Bytes of a guest's buffers, which Web IDL calls a BufferSource, and buffers of bytes.

Web IDL 3.2.25, 3.2.26.
"""

from __future__ import annotations

from unpoison import js


def bytes_of(value: object, name: str) -> bytes:
    """Give a copy of the bytes of a BufferSource; none of a detached one.

    `name` is the parameter's, for the js.TypeError when it is none.
    """
    data = js.bytes_of(value)
    if data is None:
        message = (
            f'The "{name}" argument must be an instance of ArrayBuffer, TypedArray or DataView'
        )
        raise js.TypeError(message)
    return data


def size_of(view: object) -> int:
    """Give the number of bytes of a typed array, also one of the host's; 0 of a detached one."""
    found = js.typed_array_of(view)
    count = None if found is None else found.count()
    return 0 if found is None or count is None else count * found.element.size


def is_array_of(view: object, *kinds: type[js.TypedArray]) -> bool:
    """Tell whether a value is a typed array of one of these classes, also one of the host's."""
    return isinstance(js.typed_array_of(view), kinds)


def buffer_of(data: bytes) -> js.ArrayBuffer:
    """Give a new ArrayBuffer of those bytes. Raises js.RangeError for too many."""
    made = js.ArrayBuffer(len(data))
    made.write(0, data)
    return made
