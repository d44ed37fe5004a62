# cython: language_level=3, boundscheck=False, wraparound=False, binding=False
"""The compiled calls: what engine/calling.py gives where this module could be built.

It links to nothing: wasmtime's functions are called by their addresses in the library that capi.py
has loaded (include/wasmtime/func.h, memory.h).

Theory of operation. An `Export` is a function of one instance whose every argument and result is of
a kind that it knows. It checks, takes the lock, lowers, calls and lifts without any Python code in
between. Whatever is unusual, it leaves to the generated function that it stands for, before
anything has happened; and what goes wrong later, to the Python functions that its `Calls` has. So
nothing is decided here that is not decided in Python too.

The GIL. To release it and to take it again costs more than a short call. So a call keeps it at
first. While calls run, the ticker, a thread that knows nothing of Python, lets the engine's epoch
advance every few milliseconds, and wasmtime asks `_ticked` before the guest goes on: there the GIL
is released for the rest of the guest's run, and there the limits are looked at. Everything else
here runs with the GIL. The Python objects that are looked into have `__slots__`, whose places are
asked for once (`unpoison_slot`).
"""

from cpython.object cimport PyObject
from libc.math cimport INFINITY
from libc.stdint cimport (
    INT64_MAX, INT64_MIN, int32_t, int64_t, uint8_t, uint32_t, uint64_t, uintptr_t
)
from libc.string cimport memcpy

import os
from operator import index
from time import monotonic
from types import MethodType


INTERFACE = 8  # as calling.py has it


cdef extern from "native/ticker.h":
    pass

cdef extern from "native/objects.h":
    ctypedef void *PyThread_type_lock
    ctypedef int PyLockStatus
    PyThread_type_lock PyThread_allocate_lock()
    void PyThread_free_lock(PyThread_type_lock)
    void PyThread_release_lock(PyThread_type_lock)
    PyLockStatus PyThread_acquire_lock_timed(
        PyThread_type_lock, long long microseconds, int interruptible
    ) nogil
    unsigned long PyThread_get_thread_ident()

    ctypedef struct unpoison_ticker:
        void *engine
        void (*increment)(void *) noexcept nogil
        void (*remove)(void *) noexcept nogil
        long owners, generation, forks, alive, stopped
        long long calls, running
        double period
    bint unpoison_start(unpoison_ticker *, long forks)
    void unpoison_give_up(unpoison_ticker *)
    double unpoison_monotonic() nogil
    double unpoison_thread_time() nogil
    Py_ssize_t unpoison_slot(object type, object name) except -1
    void unpoison_vectorcall(object type, Py_ssize_t offset)
    PyObject *unpoison_at(void *object, Py_ssize_t offset)
    void unpoison_put(void *object, Py_ssize_t offset, PyObject *value)
    bint unpoison_is(PyObject *object, PyObject *type)
    bint unpoison_is_instance(PyObject *object, PyObject *type)
    void unpoison_raise(PyObject *error)
    PyObject *unpoison_fetch()
    const char *unpoison_ascii(PyObject *text, Py_ssize_t *size)

    void *PyMem_RawCalloc(size_t, size_t)
    void *PyEval_SaveThread() nogil
    void PyEval_RestoreThread(void *) nogil
    ctypedef int PyGILState_STATE
    PyGILState_STATE PyGILState_Ensure() nogil
    void PyGILState_Release(PyGILState_STATE) nogil
    void PyErr_SetString(object, const char *)

    # Python's own, with borrowed and new references as its manual has them.
    void Py_INCREF(PyObject *)
    void Py_DECREF(PyObject *)
    void Py_XDECREF(PyObject *)
    PyObject *Py_NewRef(PyObject *)
    PyObject *Py_None
    PyObject *Py_True
    PyObject *Py_False
    PyObject *PyList_GET_ITEM(PyObject *, Py_ssize_t)
    int PyList_Append(PyObject *, PyObject *)
    int PyList_SetSlice(PyObject *, Py_ssize_t, Py_ssize_t, PyObject *)
    Py_ssize_t PyList_GET_SIZE(PyObject *)
    bint PyLong_CheckExact(PyObject *)
    int64_t PyLong_AsLongLongAndOverflow(PyObject *, int *)
    uint64_t PyLong_AsUnsignedLongLong(PyObject *)
    PyObject *PyLong_FromLong(long)
    PyObject *PyLong_FromLongLong(int64_t)
    PyObject *PyLong_FromUnsignedLongLong(uint64_t)
    bint PyFloat_CheckExact(PyObject *)
    double PyFloat_AS_DOUBLE(PyObject *)
    PyObject *PyFloat_FromDouble(double)
    PyObject *PyLong_FromDouble(double)
    PyObject *PyBool_FromLong(long)
    bint PyUnicode_CheckExact(PyObject *)
    const char *PyUnicode_AsUTF8AndSize(object, Py_ssize_t *) except NULL
    PyObject *PyUnicode_AsUTF8String(PyObject *)
    PyObject *PyUnicode_DecodeUTF8(const char *, Py_ssize_t, const char *)
    bint PyBytes_CheckExact(PyObject *)
    const char *PyBytes_AS_STRING(PyObject *)
    Py_ssize_t PyBytes_GET_SIZE(PyObject *)
    PyObject *PyBytes_FromStringAndSize(const char *, Py_ssize_t)
    size_t PyVectorcall_NARGS(size_t)
    PyObject *PyObject_Vectorcall(PyObject *, PyObject **, size_t, PyObject *)
    PyObject *PyObject_CallFunctionObjArgs(PyObject *, ...)
    PyObject *PyErr_Occurred()
    void PyErr_Clear()
    int PyErr_CheckSignals() except -1
    int Py_EnterRecursiveCall(const char *)
    void Py_LeaveRecursiveCall()


ctypedef void *(*call_unchecked_t)(
    void *context, const void *function, void *slots, size_t count, void **trap
) noexcept nogil
ctypedef size_t (*memory_size_t)(void *context, const void *memory) noexcept nogil
ctypedef void (*set_callback_t)(void *store, void *callback, void *data, void *end) noexcept nogil
ctypedef void (*set_deadline_t)(void *context, uint64_t ticks) noexcept nogil
ctypedef bint (*look_t)(PyObject *) noexcept nogil
ctypedef int32_t (*answer_t)(PyObject *, int32_t) noexcept nogil

cdef enum:
    SLOT = 16  # bytes of a wasmtime_val_raw_t
    MOST = 8  # parameters of an Export or Import
    CONSTANTS = 4  # the first values of a handle table: undefined, null, true, false
    LENT = 1024  # the first handle that is not lent, as in the runtime's handles.py
    TRAP_STATUS = 0  # as in host.py
    HANDED_OVER = 0xFFFFFFFF  # as in bindgen's short_memory.py
    NONE_SMALL = 0xFFFFFF  # as in bindgen's absence.py
    INTERRUPTED = 2  # PY_LOCK_INTR
    CONTINUE = 0  # wasmtime_update_deadline_kind_t, as in capi.py
    STOP = 1
    STOPPED_BY_CLOCK = 1
    STOPPED_BY_CPU = 2
    PRECISION = 8  # as in meter.py
    NEAR_LIMIT = 24  # as in meter.py

cdef enum:  # how the guest was entered, and what became of the GIL
    OUTSIDE
    HELD
    RELEASED
    FOREIGN  # by a call that released it by itself

DEF LONGEST_PERIOD = 0.005  # seconds
DEF SHORTEST_PERIOD = 0.001
DEF SHORT = 0.0001  # as in meter.py
DEF NEAR = 0.25  # as in meter.py
DEF ANCHOR_AGE = 0.0005
DEF NONE_WORD = 9007199254740991.0  # as in bindgen's absence.py
DEF SIGNALS_AFTER = 0.25


include "native/turn.pxi"
include "native/meter.pxi"
include "native/calls.pxi"
include "native/arguments.pxi"
include "native/exports.pxi"
include "native/closures.pxi"
include "native/imports.pxi"
include "native/pages.pxi"
include "native/faults.pxi"
include "native/globals.pxi"
