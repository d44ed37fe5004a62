# cython: language_level=3, boundscheck=False, wraparound=False
"""The raw call of a Wasm function, compiled: what `Store.caller` gives where it can be built.

It links to nothing: the function is called by its address in the wasmtime library that capi.py
has loaded (include/wasmtime/func.h, wasmtime_func_call_unchecked).
"""

from libc.stdint cimport uint64_t, uintptr_t
from libc.string cimport memcpy

ctypedef void *(*call_unchecked_t)(
    void *context, const void *function, void *slots, size_t count, void **trap
) noexcept nogil


cdef class Caller:
    """Calls one function of one store on given slots; it releases the GIL meanwhile."""

    cdef call_unchecked_t _call
    cdef void *_context
    cdef uint64_t[3] _function
    cdef void *_slots
    cdef size_t _count
    cdef void **_trap
    cdef object _kept

    def __init__(
        self,
        uintptr_t call,
        uintptr_t context,
        uintptr_t function,
        uintptr_t slots,
        size_t count,
        uintptr_t trap,
        object kept,
    ):
        self._call = <call_unchecked_t>call
        self._context = <void *>context
        memcpy(self._function, <const void *>function, sizeof(self._function))
        self._slots = <void *>slots
        self._count = count
        self._trap = <void **>trap
        self._kept = kept

    def __call__(self):
        cdef void *error
        with nogil:
            error = self._call(
                self._context, self._function, self._slots, self._count, self._trap
            )
        return None if error is NULL else <uintptr_t>error
