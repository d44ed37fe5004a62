"""Typed views on 16-byte call slots and on ranges of guest memory.

Views are memoryviews, not ctypes arrays: storing two i32 and reading one takes 120 ns either
way, but a memoryview can be released (use after release is a ValueError, not a crash), raises
ValueError for an integer out of range where ctypes wraps, and TypeError for a wrong type.
"""

from __future__ import annotations

import ctypes

SLOT_BYTES = 16
"""Size of wasmtime_val_raw_t: room for a v128."""


class Cells:
    """A byte range seen as numbers: `u8`, `i32`, `u32`, `i64`, `u64`, `f32`, `f64`.

    An index counts in units of the view's own width: byte 16 is `i32[4]`, `f64[2]`, `u8[16]`.
    A view raises ValueError for a number that does not fit and TypeError for another type;
    after `release()` every use raises ValueError.
    """

    __slots__ = ("f32", "f64", "i32", "i64", "u8", "u32", "u64")

    def __init__(self, data: memoryview) -> None:
        self.u8 = data
        words, doubles = data[: len(data) & -4], data[: len(data) & -8]
        self.i32 = words.cast("i")
        self.u32 = words.cast("I")
        self.f32 = words.cast("f")
        self.i64 = doubles.cast("q")
        self.u64 = doubles.cast("Q")
        self.f64 = doubles.cast("d")

    def release(self) -> None:
        """Make every view unusable; slices that somebody took of a view are not covered."""
        for name in ("i32", "u32", "i64", "u64", "f32", "f64", "u8"):
            getattr(self, name).release()


class Slots(Cells):
    """The argument and result buffer of one supervised instance; it outlives its stores.

    Slot i is at byte 16*i: `i32[4*i]`, `i64[2*i]`, `f64[2*i]`. Arguments go in from slot 0,
    results come out from slot 0. Nested calls may share it: a call reads all its arguments
    when it begins and writes all its results when it ends.

    `trap` is the cell that a trapped call sets: true after a trap (see `Store.caller`). The two
    `..._argument` are what a call is given to reach them.
    """

    __slots__ = ("buffer", "buffer_argument", "count", "trap", "trap_argument")

    def __init__(self, count: int) -> None:
        self.count = count
        self.buffer = ctypes.create_string_buffer(max(count, 1) * SLOT_BYTES)
        self.trap = ctypes.c_void_p()
        self.buffer_argument = ctypes.byref(self.buffer)
        self.trap_argument = ctypes.byref(self.trap)
        super().__init__(memoryview(self.buffer).cast("B"))


def view_of(address: int, size: int) -> memoryview:
    """Give a writable view of `size` raw bytes; the caller vouches for their lifetime."""
    return memoryview((ctypes.c_char * size).from_address(address)).cast("B")
