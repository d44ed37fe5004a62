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


cdef extern from *:
    """
    #include <structmember.h>
    #include <pythread.h>

    /* Where the instances of a class with __slots__ keep an attribute; -1 with an error set. */
    static Py_ssize_t unpoison_slot(PyObject *type, PyObject *name) {
        PyObject *found = PyObject_GetAttr(type, name);
        if (found == NULL) return -1;
        PyMemberDef *member = NULL;
        if (Py_IS_TYPE(found, &PyMemberDescr_Type))
            member = ((PyMemberDescrObject *)found)->d_member;
        Py_DECREF(found);
        if (member == NULL || member->type != T_OBJECT_EX) {
            PyErr_Format(PyExc_TypeError, "%R is no slot of %R", name, type);
            return -1;
        }
        return member->offset;
    }

    /* Make the type callable by the vectorcall protocol, also as a method. Before its first use. */
    static void unpoison_vectorcall(PyObject *class, Py_ssize_t offset) {
        PyTypeObject *type = (PyTypeObject *)class;
        type->tp_vectorcall_offset = offset;
        type->tp_call = PyVectorcall_Call;
        type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR;
        PyType_Modified(type);
    }

    #ifdef _WIN32
    #include <windows.h>
    static double unpoison_monotonic(void) {
        LARGE_INTEGER now, frequency;
        QueryPerformanceCounter(&now);
        QueryPerformanceFrequency(&frequency);
        return (double)now.QuadPart / (double)frequency.QuadPart;
    }
    static double unpoison_thread_time(void) {
        FILETIME made, ended, kernel, user;
        GetThreadTimes(GetCurrentThread(), &made, &ended, &kernel, &user);
        return ((double)kernel.dwHighDateTime + user.dwHighDateTime) * 429.4967296
            + ((double)kernel.dwLowDateTime + user.dwLowDateTime) * 1e-7;
    }
    static void unpoison_sleep(double seconds) { Sleep((DWORD)(seconds * 1000 + 0.999)); }
    static long unpoison_add(volatile long *number, long step) {
        return InterlockedExchangeAdd(number, step) + step;
    }
    #else
    #include <time.h>
    static double unpoison_clock(clockid_t which) {
        struct timespec now;
        clock_gettime(which, &now);
        return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
    }
    static double unpoison_monotonic(void) { return unpoison_clock(CLOCK_MONOTONIC); }
    static double unpoison_thread_time(void) { return unpoison_clock(CLOCK_THREAD_CPUTIME_ID); }
    static void unpoison_sleep(double seconds) {
        struct timespec pause = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
        nanosleep(&pause, NULL);
    }
    static long unpoison_add(volatile long *number, long step) {
        return __atomic_add_fetch(number, step, __ATOMIC_SEQ_CST);
    }
    #endif

    /* What a ticker and its thread share. `calls` and `running` are written with the GIL only. */
    typedef struct {
        void *engine;
        void (*increment)(void *engine);
        void (*remove)(void *engine);
        volatile long owners, generation, forks, alive, stopped;
        volatile long long calls, running;
        volatile double period;
    } unpoison_ticker;

    #define UNPOISON_LINGER 0.25  /* seconds that a thread goes on after the last call */
    #define UNPOISON_VISIBLE 0.005  /* seconds after which every write of a thread has been seen */

    static void unpoison_give_up(unpoison_ticker *ticker) {
        if (unpoison_add(&ticker->owners, -1)) return;
        ticker->remove(ticker->engine);
        PyMem_RawFree(ticker);
    }

    /* The thread. It says that it ends, waits until every call that did not see it is to be seen,
       and looks once more. Two of them for a moment do no harm: each tick is only a look. */
    static void unpoison_tick(void *argument) {
        unpoison_ticker *ticker = argument;
        long mine = ticker->generation;
        long long last = -1;
        double idle = 0;
        for (;;) {
            unpoison_sleep(ticker->period);
            if (ticker->stopped || ticker->generation != mine) break;
            ticker->increment(ticker->engine);
            if (ticker->running || ticker->calls != last) {
                last = ticker->calls;
                idle = 0;
                continue;
            }
            idle += ticker->period;
            if (idle < UNPOISON_LINGER) continue;
            ticker->alive = 0;
            unpoison_sleep(UNPOISON_VISIBLE);
            if (ticker->stopped || ticker->generation != mine) break;
            if (!ticker->running && ticker->calls == last) break;
            ticker->alive = 1;
            idle = 0;
        }
        unpoison_give_up(ticker);
    }

    /* Start the thread; false where the system has none to give. */
    static int unpoison_start(unpoison_ticker *ticker, long forks) {
        ticker->generation += 1;
        ticker->forks = forks;
        ticker->alive = 1;
        unpoison_add(&ticker->owners, 1);
        if (PyThread_start_new_thread(unpoison_tick, ticker) != PYTHREAD_INVALID_THREAD_ID)
            return 1;
        unpoison_add(&ticker->owners, -1);
        ticker->alive = 0;
        return 0;
    }

    #define unpoison_at(object, offset) (*(PyObject **)((char *)(object) + (offset)))
    #define unpoison_is(object, type) (Py_TYPE(object) == (PyTypeObject *)(type))
    #define unpoison_is_instance(object, type) PyObject_TypeCheck(object, (PyTypeObject *)(type))
    #define unpoison_raise(error) PyErr_SetObject((PyObject *)Py_TYPE(error), error)

    /* The bytes of a str that needs no encoding, else NULL. */
    static inline const char *unpoison_ascii(PyObject *text, Py_ssize_t *size) {
        if (!PyUnicode_IS_COMPACT_ASCII(text)) return NULL;
        *size = PyUnicode_GET_LENGTH(text);
        return (const char *)PyUnicode_DATA(text);
    }
    """
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
    bint unpoison_is(PyObject *object, PyObject *type)
    bint unpoison_is_instance(PyObject *object, PyObject *type)
    void unpoison_raise(PyObject *error)
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
    PyObject *PyBool_FromLong(long)
    bint PyUnicode_CheckExact(PyObject *)
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
    LENT = 1024  # the first handle that is not lent, as in the runtime's handles.py
    TRAP_STATUS = 0  # as in host.py
    INTERRUPTED = 2  # PY_LOCK_INTR
    CONTINUE = 0  # wasmtime_update_deadline_kind_t, as in capi.py
    STOP = 1
    STOPPED_BY_CLOCK = 1
    STOPPED_BY_CPU = 2
    PRECISION = 8  # as in meter.py

cdef enum:  # how the guest was entered, and what became of the GIL
    OUTSIDE
    HELD
    RELEASED
    FOREIGN  # by a call that released it by itself

DEF LONGEST_PERIOD = 0.005  # seconds
DEF SHORTEST_PERIOD = 0.001
DEF SHORT = 0.0001  # as in meter.py
DEF ANCHOR_AGE = 0.0005
DEF SIGNALS_AFTER = 0.25


# --- the lock ---

cdef class Turn:
    """A reentrant lock that is taken by a subscript, as turn.py has it."""

    # All of it is read and written with the GIL; the bell is only for those who wait.
    cdef unsigned long _owner
    cdef Py_ssize_t _depth
    cdef Py_ssize_t _waiters
    cdef bint _rung
    cdef PyThread_type_lock _bell

    def __cinit__(self):
        self._bell = PyThread_allocate_lock()
        if self._bell is NULL:
            raise MemoryError
        PyThread_acquire_lock_timed(self._bell, 0, 0)

    def __dealloc__(self):
        if self._bell is not NULL:
            PyThread_free_lock(self._bell)

    def __getitem__(self, bint waits):
        if _take(self):
            return True
        if waits:
            self._wait()
        return waits

    cdef _wait(self):
        cdef PyLockStatus status
        while not _take(self):
            self._waiters += 1
            with nogil:
                status = PyThread_acquire_lock_timed(self._bell, -1, 1)
            self._waiters -= 1
            if <int>status == INTERRUPTED:
                PyErr_CheckSignals()
            else:
                self._rung = False

    def release(self):
        """Free it once. RuntimeError in a thread that does not have it."""
        if self._depth == 0 or self._owner != PyThread_get_thread_ident():
            raise RuntimeError("cannot release un-acquired lock")
        _free(self)

    def __enter__(self):
        if not _take(self):
            self._wait()
        return self

    def __exit__(self, *_):
        self.release()


cdef inline bint _take(Turn turn) noexcept:
    cdef unsigned long me = PyThread_get_thread_ident()
    if turn._depth and turn._owner != me:
        return False
    turn._owner = me
    turn._depth += 1
    return True


cdef inline void _free(Turn turn) noexcept:
    turn._depth -= 1
    if turn._depth == 0 and turn._waiters and not turn._rung:
        turn._rung = True
        PyThread_release_lock(turn._bell)


# --- the ticker ---

cdef class Ticker:
    """Lets the epoch of one engine advance while its calls run, from a thread without Python.

    `engine` is a clone of its own, `increment` and `remove` are the addresses of
    wasmtime_engine_increment_epoch and wasm_engine_delete.
    """

    cdef unpoison_ticker *_shared

    def __cinit__(self, uintptr_t engine, uintptr_t increment, uintptr_t remove):
        self._shared = <unpoison_ticker *>PyMem_RawCalloc(1, sizeof(unpoison_ticker))
        if self._shared is NULL:
            raise MemoryError
        self._shared.engine = <void *>engine
        self._shared.increment = <void (*)(void *) noexcept nogil>increment
        self._shared.remove = <void (*)(void *) noexcept nogil>remove
        self._shared.owners = 1
        self._shared.period = LONGEST_PERIOD

    def __dealloc__(self):
        if self._shared is not NULL:
            self._shared.stopped = 1
            unpoison_give_up(self._shared)

    def refine(self, double period):
        """Tick at least so often (seconds) from now on."""
        self._shared.period = min(self._shared.period, max(period, SHORTEST_PERIOD))

    def stop(self):
        """End the thread soon."""
        self._shared.stopped = 1

    def watch(self, token, expiry, context, rest):
        """Do nothing: at each tick a store looks at the clock itself."""

    def unwatch(self, token, context, outer, rest):
        """Do nothing."""

    @property
    def is_alive(self):
        """Whether its thread runs."""
        return self._shared.alive and self._shared.forks == _process.forks


cdef class _Process:
    cdef long forks

    def __init__(self):
        self.forks = 0
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def _forked(self):
        self.forks += 1


cdef _Process _process = _Process()  # a child has the tickers of its parent, but not their threads


cdef inline bint _tick_on(unpoison_ticker *ticker) noexcept:
    """Note that a call begins; False, with an error set, when nothing could stop it."""
    ticker.calls += 1
    ticker.running += 1
    if ticker.alive and ticker.forks == _process.forks:
        return True
    if unpoison_start(ticker, _process.forks):
        return True
    ticker.running -= 1
    PyErr_SetString(RuntimeError, b"can't start new thread")
    return False


# --- the limits of a call ---

cdef struct Run:
    # What goes on in one store: how its guest was entered last, and what it may use.
    int mode
    void *thread_state  # while the GIL is released
    Py_ssize_t inside
    unsigned long thread, anchor_thread
    double cpu, wall, expiry, allowed, began, anchor, anchored
    bint limited
    int stopped
    unpoison_ticker *ticker
    PyObject *failures


cdef class Meter:
    """The limits of one instance, as meter.py has them; here every store has one.

    `kinds` are what `stopped` is for an interrupt and for the CPU limit.
    """

    cdef Run _run
    cdef Ticker _ticker
    cdef object _kinds
    cdef object _budget
    cdef object _charged
    cdef uintptr_t _error
    cdef set_callback_t _set_callback
    cdef set_deadline_t _set_deadline
    cdef void *_context
    cdef readonly list failures

    def __init__(
        self,
        Ticker ticker,
        object cpu,
        object wall,
        tuple kinds,
        uintptr_t set_callback,
        uintptr_t set_deadline,
    ):
        self._ticker = ticker
        self._kinds = kinds
        self._set_callback = <set_callback_t>set_callback
        self._set_deadline = <set_deadline_t>set_deadline
        self.failures = []
        self._run.ticker = ticker._shared
        self._run.failures = <PyObject *>self.failures
        self._run.cpu = INFINITY if cpu is None else cpu
        self._run.wall = INFINITY if wall is None else wall
        self._run.expiry = INFINITY
        self._run.anchor = self._run.anchored = -INFINITY
        self._run.limited = cpu is not None or wall is not None
        ticker.refine(min(self._run.cpu, self._run.wall) / PRECISION)

    @property
    def budget(self):
        """What calls that begin from now on are charged to."""
        return self._budget

    @budget.setter
    def budget(self, budget):
        self._budget = budget
        if budget is not None:
            self._run.limited = True
            self._ticker.refine(budget.seconds / PRECISION)

    @property
    def expiry(self):
        """When every call is stopped, by `time.monotonic`; None for never."""
        return None if self._run.expiry == INFINITY else self._run.expiry

    @expiry.setter
    def expiry(self, expiry):
        if expiry is None:
            self._run.expiry = INFINITY
            return
        cdef double left = expiry - monotonic()
        self._run.expiry = unpoison_monotonic() + left
        self._ticker.refine(max(left, 0.0) / PRECISION)

    @property
    def is_running(self):
        """Whether a call runs, in whatever thread."""
        return self._run.inside > 0

    @property
    def stopped(self):
        """The limit that ended the last call, else None."""
        return None if self._run.stopped == 0 else self._kinds[self._run.stopped - 1]

    @property
    def has_stopped(self):
        """Whether a limit ended the last call."""
        return self._run.stopped != 0

    def take(self):
        """Give the error that ended the last call, and the limit that it is; forget both."""
        found = (self._error or None, self.stopped)
        self._error = 0
        self._run.stopped = 0
        return found

    def attach(self, uintptr_t store, uintptr_t context):
        """Watch a fresh store; `context` is that of it until the next one."""
        self._context = <void *>context
        self._run.expiry = INFINITY
        self.take()
        self._set_callback(<void *>store, <void *>_ticked, &self._run, NULL)
        self._set_deadline(self._context, 1)

    @property
    def context(self):
        """The address of the context of the store that is watched; None before there is one."""
        return None if self._context is NULL else <uintptr_t>self._context

    def measured(self, call):
        """Give what makes a call that is not compiled, within the limits."""
        return Measured(self, call)

    def grace(self, double seconds):
        """Let the calls of a `with` block have so much CPU time, whatever was used up before."""
        return Grace(self, seconds)


cdef class Measured:
    """A call that releases the GIL by itself, within the limits of a meter."""

    cdef Meter _meter
    cdef object _call

    def __init__(self, Meter meter, object call):
        self._meter = meter
        self._call = call

    def __call__(self):
        cdef Run *run = &self._meter._run
        cdef int outer = run.mode
        if run.inside == 0 and not _begin(self._meter):
            _reraise()
        run.inside += 1
        run.mode = FOREIGN
        try:
            error = self._call()
        finally:
            run.mode = outer
            run.inside -= 1
            if run.inside == 0:
                _end(self._meter)
        if error is not None:
            self._meter._error = error
        return error


cdef class Grace:
    """Other limits for a block; those of before are put back, the time it took is not charged."""

    cdef Meter _meter
    cdef double _seconds
    cdef Run _before
    cdef object _charged, _budget

    def __init__(self, Meter meter, double seconds):
        self._meter = meter
        self._seconds = seconds

    def __enter__(self):
        cdef Run *run = &self._meter._run
        self._before = run[0]
        self._charged, self._budget = self._meter._charged, self._meter._budget
        self._meter._charged = self._meter._budget = None
        run.cpu = run.allowed = self._seconds
        run.wall = run.expiry = INFINITY
        run.limited = True
        _take_anchor(run, unpoison_monotonic())
        run.began = run.anchored

    def __exit__(self, *_):
        cdef Run *run = &self._meter._run
        self._meter._charged, self._meter._budget = self._charged, self._budget
        run.cpu, run.allowed = self._before.cpu, self._before.allowed
        run.wall, run.expiry = self._before.wall, self._before.expiry
        run.limited, run.began = self._before.limited, self._before.began


cdef bint _begin(Meter meter) noexcept:
    """Begin an outermost call; False, with an error set, when nothing could stop it."""
    cdef Run *run = &meter._run
    if not _tick_on(run.ticker):
        return False
    run.thread = PyThread_get_thread_ident()
    return not run.limited or _begin_limited(meter)


cdef bint _begin_limited(Meter meter) noexcept:
    cdef Run *run = &meter._run
    cdef double now = unpoison_monotonic(), left
    if now - run.anchored > ANCHOR_AGE or run.anchor_thread != run.thread:
        _take_anchor(run, now)
    run.began = now
    run.allowed = run.cpu
    meter._charged = meter._budget
    if meter._charged is not None:
        left = meter._charged.left
        if left < run.cpu:
            run.allowed = left
        if left <= 0:  # a call that is too short to be seen would never be stopped
            meter._set_deadline(meter._context, 0)
    return True


cdef void _end(Meter meter) noexcept:
    cdef Run *run = &meter._run
    cdef double now, passed, before
    run.ticker.running -= 1
    if meter._charged is None:
        return
    now = unpoison_monotonic()
    passed = now - run.began
    if passed >= SHORT:
        before = run.anchor
        _take_anchor(run, now)
        passed = min(passed, run.anchor - before)
    meter._charged.left -= passed
    meter._charged = None


cdef void _take_anchor(Run *run, double now) noexcept:
    run.anchor_thread = PyThread_get_thread_ident()
    run.anchor = unpoison_thread_time()
    run.anchored = now


# --- what the guest's code asks before it goes on ---

cdef void *_ticked(void *context, void *data, uint64_t *delta, uint8_t *kind) noexcept nogil:
    """Be the callback of the epoch: release the GIL, and stop the guest at its limits.

    include/wasmtime/store.h, wasmtime_store_epoch_deadline_callback.
    """
    cdef Run *run = <Run *>data
    delta[0] = 1
    if run.mode == HELD:
        run.thread_state = PyEval_SaveThread()
        run.mode = RELEASED
    run.stopped = _exceeded(run)
    kind[0] = STOP if run.stopped else CONTINUE
    return NULL


cdef int _exceeded(Run *run) noexcept nogil:
    """Tell which limit is reached, 0 for none."""
    cdef double now = unpoison_monotonic(), passed
    if now >= run.expiry:
        return STOPPED_BY_CLOCK
    if not run.limited or run.inside == 0:
        return 0
    passed = now - run.began
    if passed >= run.wall:
        return STOPPED_BY_CLOCK
    if passed >= run.allowed and unpoison_thread_time() - run.anchor >= run.allowed:
        return STOPPED_BY_CPU
    if passed >= SIGNALS_AFTER and _is_interrupted(run):
        return STOPPED_BY_CLOCK
    return 0


cdef bint _is_interrupted(Run *run) noexcept nogil:
    """Look for Ctrl-C, which is kept for whoever takes the failure."""
    cdef bint found
    cdef PyGILState_STATE state
    if run.mode == RELEASED:
        PyEval_RestoreThread(run.thread_state)
        found = (<look_t><void *>_look_for_signals)(run.failures)
        run.thread_state = PyEval_SaveThread()
    else:
        state = PyGILState_Ensure()
        found = (<look_t><void *>_look_for_signals)(run.failures)
        PyGILState_Release(state)
    return found


cdef bint _look_for_signals(PyObject *failures) noexcept:
    try:
        PyErr_CheckSignals()
    except BaseException as error:
        (<list>failures).append(error)
        return True
    return False


# --- the raw call ---

cdef class Caller:
    """Calls one function of one store on given slots, within the limits of its meter."""

    cdef call_unchecked_t _call
    cdef void *_context
    cdef uint64_t[3] _function
    cdef void *_slots
    cdef size_t _count
    cdef void **_trap
    cdef Meter _meter
    cdef object _kept

    def __init__(
        self,
        uintptr_t call,
        uintptr_t context,
        uintptr_t function,
        uintptr_t slots,
        size_t count,
        uintptr_t trap,
        Meter meter,
        object kept,
    ):
        self._call = <call_unchecked_t>call
        self._context = <void *>context
        memcpy(self._function, <const void *>function, sizeof(self._function))
        self._slots = <void *>slots
        self._count = count
        self._trap = <void **>trap
        self._meter = meter
        self._kept = kept

    def __call__(self):
        cdef void *error = NULL
        if not _run(self, &error):
            _reraise()
        return None if error is NULL else <uintptr_t>error


cdef inline bint _run(Caller caller, void **error) noexcept:
    """Make the call; False, with an error set, when nothing could stop it."""
    cdef Run *run = &caller._meter._run
    cdef int outer = run.mode
    cdef void *outer_state = run.thread_state
    if run.inside == 0 and not _begin(caller._meter):
        return False
    run.inside += 1
    run.mode = HELD
    error[0] = caller._call(
        caller._context, caller._function, caller._slots, caller._count, caller._trap
    )
    if run.mode == RELEASED:
        PyEval_RestoreThread(run.thread_state)
    run.mode = outer
    run.thread_state = outer_state
    run.inside -= 1
    if run.inside == 0:
        _end(caller._meter)
    if error[0] is not NULL:
        caller._meter._error = <uintptr_t>error[0]
    return True


# --- what the exports of one instance share ---

cdef class Calls:
    """What the compiled exports of one instance share; see `compiled_exports` in calling.py."""

    cdef object _gate
    cdef Py_ssize_t _due_at, _home_at
    cdef Turn _turn
    cdef list _callers
    cdef char *_slots
    cdef void **_trap
    cdef object _kept
    cdef object _helpers, _fault, _left, _failed, _reach, _take_str, _take_bytes
    cdef object _null_type
    cdef Py_ssize_t _malloc, _free, _first_free, _batch
    cdef object _struct
    cdef Py_ssize_t _struct_home_at, _pointer_at
    cdef Py_ssize_t _handles_at, _values_at, _lent_at, _free_at
    cdef memory_size_t _size
    cdef void *_context
    cdef uint64_t[3] _memory
    cdef char *_base
    cdef char *_mail

    def __init__(
        self,
        object gate,
        Turn turn,
        list callers,
        uintptr_t slots,
        uintptr_t trap,
        object kept,
        object struct,
        object home,
        object handles,
        object helpers,
        Py_ssize_t malloc,
        Py_ssize_t free,
        uintptr_t memory_size,
        Py_ssize_t first_free,
        Py_ssize_t batch,
    ):
        self._gate = gate
        self._due_at = unpoison_slot(type(gate), "due")
        self._home_at = unpoison_slot(type(gate), "home")
        self._turn = turn
        self._callers = callers
        self._slots = <char *>slots
        self._trap = <void **>trap
        self._kept = kept
        self._struct = struct
        self._struct_home_at = unpoison_slot(struct, "_home")
        self._pointer_at = unpoison_slot(struct, "_ptr")
        self._handles_at = unpoison_slot(home, "handles")
        self._values_at = unpoison_slot(handles, "values")
        self._lent_at = unpoison_slot(handles, "lent")
        self._free_at = unpoison_slot(handles, "free")
        self._helpers = helpers
        self._fault, self._left, self._failed = helpers.fault, helpers.left, helpers.failed
        self._reach = helpers.reach
        self._take_str, self._take_bytes = helpers.take_str, helpers.take_bytes
        self._malloc = malloc
        self._free = free
        self._null_type = helpers.null_type
        self._first_free = first_free
        self._batch = batch
        self._size = <memory_size_t>memory_size

    def attach(self, uintptr_t context, uintptr_t memory, uintptr_t base, uintptr_t mail):
        """Use the memory of a fresh generation, a wasmtime_memory_t, and its mailbox."""
        self._context = <void *>context
        memcpy(self._memory, <const void *>memory, sizeof(self._memory))
        self._base = <char *>base
        self._mail = <char *>mail


# --- exported functions ---

cdef union Value:
    int32_t i32
    uint32_t u32
    int64_t i64
    uint64_t u64
    float f32
    double f64


cdef struct Argument:
    Value value
    const char *data
    Py_ssize_t size
    PyObject *owner  # a reference of ours to what keeps the data, or NULL


cdef class Export:
    """An exported function that is called without Python code; `__wrapped__` is the other way.

    `params` and `result` have a letter each, see bindgen's compiled_form.py.
    """

    cdef PyObject *(*_vectorcall)(PyObject *, PyObject **, size_t, PyObject *) noexcept
    cdef Calls _calls
    cdef readonly object __wrapped__
    cdef Py_ssize_t _number
    cdef Py_ssize_t _count
    cdef char[MOST] _params
    cdef char _result
    cdef bint _takes_memory, _gives_memory, _can_fail
    cdef Py_ssize_t _status  # the offset of its slot
    cdef Py_ssize_t _receiver  # the place of `self`, else -1

    def __init__(
        self,
        object function,
        Calls calls,
        Py_ssize_t number,
        bytes params,
        bytes result,
    ):
        cdef Py_ssize_t place
        if len(params) > MOST:
            raise ValueError("too many parameters")
        if not 0 <= number < len(calls._callers):
            raise IndexError(number)
        self.__wrapped__ = function
        self._calls = calls
        self._number = number
        self._count = len(params)
        for place in range(self._count):
            self._params[place] = params[place]
        self._receiver = params.find(b"@")
        self._takes_memory = b"s" in params or b"y" in params
        self._can_fail = result.startswith(b"!")
        self._result = result[len(result) - 1]
        self._gives_memory = self._result == b"s" or self._result == b"y"
        self._status = SLOT * (
            2 * self._can_fail + (0 if self._result == b"-" else 2 if self._gives_memory else 1)
        )
        self._vectorcall = _call_export

    def __get__(self, instance, owner):
        return self if instance is None else MethodType(self, instance)

    def __getattr__(self, str name):
        return getattr(self.__wrapped__, name)

    @property
    def __doc__(self):
        return self.__wrapped__.__doc__

    def __repr__(self):
        return repr(self.__wrapped__)


cdef PyObject *_call_export(
    PyObject *callable, PyObject **args, size_t flags, PyObject *keywords
) noexcept:
    cdef Export self = <Export>callable
    cdef Calls calls = self._calls
    cdef Argument[MOST] given
    cdef PyObject *result
    if (
        keywords is not NULL
        or PyVectorcall_NARGS(flags) != <size_t>self._count
        or unpoison_at(<void *>calls._gate, calls._due_at) is not Py_False
        or not _take_arguments(self, args, given)
    ):
        return PyObject_Vectorcall(<PyObject *>self.__wrapped__, args, flags, keywords)
    if not _take(calls._turn):
        result = PyObject_Vectorcall(<PyObject *>self.__wrapped__, args, flags, keywords)
    elif Py_EnterRecursiveCall(" in a call of a Wasm function"):
        _free(calls._turn)
        result = NULL
    else:
        result = _enter(self, calls, given, args)
        Py_LeaveRecursiveCall()
        _free(calls._turn)
    if self._takes_memory:
        _let_go(given, self._count)
    return result


# --- arguments ---

cdef void _let_go(Argument *given, Py_ssize_t count) noexcept:
    cdef Py_ssize_t place
    for place in range(count):
        Py_XDECREF(given[place].owner)


cdef inline bint _take_arguments(Export self, PyObject **args, Argument *given) noexcept:
    """Check and convert the arguments; False, with nothing done, when Python has to."""
    cdef Py_ssize_t place
    for place in range(self._count):
        given[place].owner = NULL
        if not _take_argument(self._calls, self._params[place], args[place], &given[place]):
            _let_go(given, place)
            return False
    return True


cdef inline bint _is_between(PyObject *value, int64_t low, int64_t high, int64_t *number) noexcept:
    cdef int overflow = 0
    if not PyLong_CheckExact(value):
        return False
    number[0] = PyLong_AsLongLongAndOverflow(value, &overflow)
    return overflow == 0 and low <= number[0] <= high


cdef inline bint _take_argument(
    Calls calls, char kind, PyObject *value, Argument *given
) noexcept:
    cdef int64_t number = 0
    if kind == b"i":
        if not _is_between(value, -0x80000000, 0x7FFFFFFF, &number):
            return False
        given.value.i32 = <int32_t>number
    elif kind == b"I":
        if not _is_between(value, 0, 0xFFFFFFFF, &number):
            return False
        given.value.u32 = <uint32_t>number
    elif kind == b"d" or kind == b"f":
        if not PyFloat_CheckExact(value):
            return False
        if kind == b"d":
            given.value.f64 = PyFloat_AS_DOUBLE(value)
        else:
            given.value.f32 = <float>PyFloat_AS_DOUBLE(value)
    elif kind == b"@":
        return _take_receiver(calls, value, given)
    elif kind == b"s":
        return _take_text(value, given)
    elif kind == b"y":
        if not PyBytes_CheckExact(value):
            return False
        given.data = PyBytes_AS_STRING(value)
        given.size = PyBytes_GET_SIZE(value)
        return given.size <= 0x7FFFFFFF
    elif kind == b"?":
        if value is not Py_True and value is not Py_False:
            return False
        given.value.i32 = value is Py_True
    else:
        return _take_other_integer(kind, value, given)
    return True


cdef bint _take_other_integer(char kind, PyObject *value, Argument *given) noexcept:
    cdef int64_t low = 0, high = 0, number = 0
    if kind == b"Q":
        return _take_u64(value, given)
    elif kind == b"q":
        low, high = INT64_MIN, INT64_MAX
    elif kind == b"b":
        low, high = -0x80, 0x7F
    elif kind == b"B":
        high = 0xFF
    elif kind == b"h":
        low, high = -0x8000, 0x7FFF
    elif kind == b"H":
        high = 0xFFFF
    else:
        return False
    if not _is_between(value, low, high, &number):
        return False
    given.value.i64 = number
    return True


cdef bint _take_u64(PyObject *value, Argument *given) noexcept:
    if not PyLong_CheckExact(value):
        return False
    given.value.u64 = PyLong_AsUnsignedLongLong(value)
    if given.value.u64 == <uint64_t>-1 and PyErr_Occurred() is not NULL:
        PyErr_Clear()
        return False
    return True


cdef inline bint _take_receiver(Calls calls, PyObject *value, Argument *given) noexcept:
    """Take the pointer out of a Rust object of the current generation."""
    cdef int64_t number = 0
    cdef PyObject *pointer
    if not unpoison_is_instance(value, <PyObject *>calls._struct):
        return False
    if unpoison_at(value, calls._struct_home_at) is not unpoison_at(
        <void *>calls._gate, calls._home_at
    ):
        return False
    pointer = unpoison_at(value, calls._pointer_at)
    if pointer is NULL or not _is_between(pointer, 0, 0xFFFFFFFF, &number):
        return False
    given.value.u32 = <uint32_t>number
    return True


cdef inline bint _take_text(PyObject *value, Argument *given) noexcept:
    if not PyUnicode_CheckExact(value):
        return False
    given.data = unpoison_ascii(value, &given.size)
    if given.data is NULL:
        given.owner = PyUnicode_AsUTF8String(value)
        if given.owner is NULL:
            PyErr_Clear()  # a lone surrogate: the generated function says so
            return False
        given.data = PyBytes_AS_STRING(given.owner)
        given.size = PyBytes_GET_SIZE(given.owner)
    if given.size <= 0x7FFFFFFF:
        return True
    Py_XDECREF(given.owner)
    return False


# --- the call, with the lock held ---

cdef inline Value *_slot(Calls calls, Py_ssize_t offset) noexcept:
    return <Value *>(calls._slots + offset)


cdef PyObject *_enter(Export self, Calls calls, Argument *given, PyObject **args) noexcept:
    cdef PyObject *receiver = args[self._receiver] if self._receiver >= 0 else NULL
    cdef Py_ssize_t place, offset = 0
    if self._takes_memory and not _store_all(self, calls, given):
        return NULL
    for place in range(self._count):
        _slot(calls, offset)[0] = given[place].value
        offset += SLOT
        if _is_memory(self._params[place]):
            _slot(calls, offset).u32 = <uint32_t>given[place].size
            offset += SLOT
    if not _call(calls, self._number, self._status, receiver):
        return NULL
    if self._can_fail and _slot(calls, self._status - SLOT).u32:
        _complain(_tell(calls._failed, _slot(calls, self._status - 2 * SLOT).u32, 0, 1))
        return NULL
    if self._gives_memory:
        return _give_memory(self, calls)
    return _give_number(self._result, _slot(calls, 0))


cdef inline bint _is_memory(char kind) noexcept:
    return kind == b"s" or kind == b"y"


cdef bint _call(Calls calls, Py_ssize_t number, Py_ssize_t status, PyObject *receiver) noexcept:
    """Call an entry on the slots; False, with its error set, when it did not leave normally."""
    cdef PyObject *caller = PyList_GET_ITEM(<PyObject *>calls._callers, number)
    cdef void *error = NULL
    cdef bint made
    Py_INCREF(caller)  # what it calls may put another one in its place
    if unpoison_is(caller, <PyObject *>Caller):
        made = _run(<Caller>caller, &error)
    else:
        made = _run_other(caller, &error)
    Py_DECREF(caller)
    if not made:
        return False
    if error is not NULL or calls._trap[0] is not NULL:
        return _complain(PyObject_CallFunctionObjArgs(<PyObject *>calls._fault, NULL))
    if _slot(calls, status).i32:
        return _leave(calls, _slot(calls, status), receiver)
    return True


cdef bint _run_other(PyObject *caller, void **error) noexcept:
    """Make a call that is not compiled: the first one of an entry in its generation."""
    cdef PyObject *result = PyObject_CallFunctionObjArgs(caller, NULL)
    if result is NULL:
        return False
    error[0] = NULL if result is Py_None else <void *>result
    Py_DECREF(result)
    return True


cdef bint _complain(PyObject *error) noexcept:
    """Raise an exception that a helper made, which is given up; or let the helper's own be."""
    if error is not NULL:
        unpoison_raise(error)
        Py_XDECREF(error)
    return False


cdef bint _leave(Calls calls, Value *status, PyObject *receiver) noexcept:
    cdef PyObject *left = PyLong_FromLong(status.i32)
    cdef PyObject *payload = PyLong_FromUnsignedLongLong(status[SLOT // sizeof(Value)].u32)
    cdef PyObject *error = NULL
    if left is not NULL and payload is not NULL:
        error = PyObject_CallFunctionObjArgs(<PyObject *>calls._left, left, payload, receiver, NULL)
    Py_XDECREF(left)
    Py_XDECREF(payload)
    return _complain(error)


cdef PyObject *_tell(object helper, uint64_t first, uint64_t second, int count) noexcept:
    """Call a helper with one or two numbers."""
    cdef PyObject *one = PyLong_FromUnsignedLongLong(first)
    cdef PyObject *two = PyLong_FromUnsignedLongLong(second) if count == 2 else NULL
    cdef PyObject *result = NULL
    if one is not NULL and (two is not NULL or count == 1):
        result = PyObject_CallFunctionObjArgs(<PyObject *>helper, one, two, NULL)
    Py_XDECREF(one)
    Py_XDECREF(two)
    return result


# --- memory ---

cdef inline bint _is_inside(Calls calls, uint32_t pointer, uint32_t size) noexcept:
    return <uint64_t>pointer + size <= calls._size(calls._context, calls._memory)


cdef bint _store_all(Export self, Calls calls, Argument *given) noexcept:
    """Copy strings and bytes into memory that the guest allocates; Rust owns and frees it."""
    cdef Py_ssize_t place
    for place in range(self._count):
        if _is_memory(self._params[place]) and not _store(calls, &given[place]):
            return False
    return True


cdef bint _store(Calls calls, Argument *given) noexcept:
    cdef PyObject *written
    _slot(calls, 0).u32 = <uint32_t>given.size
    _slot(calls, SLOT).u32 = 1
    if not _call(calls, calls._malloc, SLOT, NULL):
        return False
    given.value.u32 = _slot(calls, 0).u32
    if _is_inside(calls, given.value.u32, <uint32_t>given.size):
        memcpy(calls._base + given.value.u32, given.data, given.size)
        return True
    # The guest's allocator gave a place that is none: the helper ends the instance.
    written = _tell(calls._reach, given.value.u32, given.size, 2)
    Py_XDECREF(written)
    return False


cdef PyObject *_give_memory(Export self, Calls calls) noexcept:
    """Give the string or bytes that Rust handed over, and free them."""
    cdef uint32_t pointer = _slot(calls, 0).u32, size = _slot(calls, SLOT).u32
    cdef const char *data = calls._base + pointer
    cdef PyObject *result = NULL
    cdef bint is_text = self._result == b"s"
    if _is_inside(calls, pointer, size):
        if is_text:
            result = PyUnicode_DecodeUTF8(data, size, NULL)
        else:
            result = PyBytes_FromStringAndSize(data, size)
    if result is NULL:
        # What is wrong with it is said by the one who says it in Python too.
        PyErr_Clear()
        return _tell(calls._take_str if is_text else calls._take_bytes, pointer, size, 2)
    if size == 0 or _release(calls, pointer, size):
        return result
    Py_XDECREF(result)
    return NULL


cdef bint _release(Calls calls, uint32_t pointer, uint32_t size) noexcept:
    _slot(calls, 0).u32 = pointer
    _slot(calls, SLOT).u32 = size
    _slot(calls, 2 * SLOT).u32 = 1
    return _call(calls, calls._free, 0, NULL)


# --- results ---

cdef inline PyObject *_give_number(char kind, Value *slot) noexcept:
    if kind == b"-":
        return Py_NewRef(Py_None)
    if kind == b"i":
        return PyLong_FromLong(slot.i32)
    if kind == b"I":
        return PyLong_FromUnsignedLongLong(slot.u32)
    if kind == b"d":
        return PyFloat_FromDouble(slot.f64)
    if kind == b"?":
        return PyBool_FromLong(slot.i32 != 0)
    if kind == b"f":
        return PyFloat_FromDouble(slot.f32)
    if kind == b"q":
        return PyLong_FromLongLong(slot.i64)
    if kind == b"Q":
        return PyLong_FromUnsignedLongLong(slot.u64)
    if kind == b"B":
        return PyLong_FromLong(slot.u32 & 0xFF)
    if kind == b"H":
        return PyLong_FromLong(slot.u32 & 0xFFFF)
    return PyLong_FromLong(slot.i32)


cdef _make_callable():
    cdef Export export = Export.__new__(Export)
    unpoison_vectorcall(Export, <char *>&export._vectorcall - <char *><PyObject *>export)


_make_callable()


# --- imported functions ---

cdef class Import:
    """A function that answers an import without Python code before and after what it calls.

    `__wrapped__` does the same, and is called where an argument is unusual. `imported` has the
    callables by place. `params` and `result` have a letter each, see bindgen's compiled_form.py;
    `label` names the result in an error.
    """

    cdef readonly object __wrapped__
    cdef Calls _calls
    cdef object _imported
    cdef object _place
    cdef Py_ssize_t _count
    cdef char[MOST] _params
    cdef char _result
    cdef bint _catches
    cdef object _label

    def __init__(
        self,
        object function,
        Calls calls,
        object imported,
        object place,
        bytes params,
        bytes result,
        bint catches,
        object label,
    ):
        cdef Py_ssize_t at
        if len(params) > MOST:
            raise ValueError("too many parameters")
        self.__wrapped__ = function
        self._calls = calls
        self._imported = imported
        self._place = place
        self._count = len(params)
        for at in range(self._count):
            self._params[at] = params[at]
        self._result = result[0]
        self._catches = catches
        self._label = label

    def __call__(self):
        _answer(self)

    def __repr__(self):
        return repr(self.__wrapped__)


cdef int _answer(Import self) except -1:
    cdef PyObject *given[MOST]
    cdef Py_ssize_t place
    if self._result == b"x" and _clear(self._calls, _cell(self._calls, 0).u32):
        return 0
    if self._result == b"x" or not _read_arguments(self, given):
        self.__wrapped__()
        return 0
    try:
        result = _outcome(self, given)
    except Exception as error:
        if not self._catches:
            raise
        return _hand_over(self, error)
    finally:
        for place in range(self._count):
            Py_XDECREF(given[place])
    return _deliver(self, result)


cdef object _outcome(Import self, PyObject **given):
    """Call what answers, and give its result as what its letter says."""
    cdef object function = self._imported[self._place]
    cdef PyObject *result
    _drop_owned(self)
    result = PyObject_Vectorcall(<PyObject *>function, given, self._count, NULL)
    if result is NULL:
        _reraise()
    found = <object>result
    Py_DECREF(result)
    if self._result == b"-" or self._result == b"o" or _fits(self._result, <PyObject *>found):
        return found
    return self._calls._helpers.convert(self._result, found, self._label)


cdef inline bint _fits(char kind, PyObject *value) noexcept:
    """Tell whether a number or string is one that can be lowered as it is."""
    cdef Argument lowered
    cdef bint fits
    lowered.owner = NULL
    fits = _take_argument(None, kind, value, &lowered)
    Py_XDECREF(lowered.owner)
    return fits


cdef int _reraise() except -1:
    """Let the error that is set travel on."""
    return -1


cdef inline Value *_cell(Calls calls, Py_ssize_t cell) noexcept:
    return <Value *>(calls._mail + 8 * cell)


cdef bint _read_arguments(Import self, PyObject **given) noexcept:
    """Lift the arguments out of the mailbox; False, with nothing done, when Python has to."""
    cdef Py_ssize_t place, cell = 0, done
    for place in range(self._count):
        given[place] = _read_argument(self._calls, self._params[place], cell)
        if given[place] is NULL:
            PyErr_Clear()
            for done in range(place):
                Py_XDECREF(given[done])
            return False
        cell += 2 if _is_memory(self._params[place]) else 1
    return True


cdef PyObject *_read_argument(Calls calls, char kind, Py_ssize_t cell) noexcept:
    cdef uint32_t word = _cell(calls, cell).u32, size
    cdef PyObject *found
    if kind == b"o" or kind == b"O":
        found = _peek(calls, word)
        return NULL if found is NULL else Py_NewRef(found)
    if not _is_memory(kind):
        return _give_number(kind, _cell(calls, cell))
    size = _cell(calls, cell + 1).u32
    if not _is_inside(calls, word, size):
        return NULL
    if kind == b"s":
        return PyUnicode_DecodeUTF8(calls._base + word, size, NULL)
    return PyBytes_FromStringAndSize(calls._base + word, size)


cdef inline PyObject *_handles(Calls calls) noexcept:
    return unpoison_at(unpoison_at(<void *>calls._gate, calls._home_at), calls._handles_at)


cdef PyObject *_peek(Calls calls, uint32_t handle) noexcept:
    """Give the value of a handle, borrowed; NULL for one that names nothing."""
    cdef PyObject *handles = _handles(calls)
    cdef PyObject *values
    cdef Py_ssize_t place
    if handle == 0:
        return Py_None
    if handle >= LENT:
        values = unpoison_at(handles, calls._values_at)
        place = <Py_ssize_t>handle - LENT
    else:
        values = unpoison_at(handles, calls._lent_at)
        place = LENT - 1 - <Py_ssize_t>handle
    if not 0 <= place < PyList_GET_SIZE(values):
        return NULL
    return PyList_GET_ITEM(values, place)


cdef bint _drop_owned(Import self) except False:
    """Free the handles that Rust gave away."""
    cdef Py_ssize_t place, cell = 0
    for place in range(self._count):
        if self._params[place] == b"O":
            _drop(self._calls, _cell(self._calls, cell).u32)
        cell += 2 if _is_memory(self._params[place]) else 1
    return True


cdef int _drop(Calls calls, uint32_t handle) except -1:
    cdef PyObject *handles = _handles(calls)
    cdef list free = <list>unpoison_at(handles, calls._free_at)
    cdef list values = <list>unpoison_at(handles, calls._values_at)
    cdef Py_ssize_t place = <Py_ssize_t>handle - LENT
    if calls._first_free <= place < len(values) and len(free) < calls._batch:
        values[place] = None
        free.append(handle)
    else:
        calls._helpers.drop_handle(handle)
    return 0


cdef bint _clear(Calls calls, uint32_t handle) except? False:
    """Forget the value of a slot of the handle table; False when it is none that may be cleared."""
    cdef list values = <list>unpoison_at(_handles(calls), calls._values_at)
    cdef Py_ssize_t place = <Py_ssize_t>handle - LENT
    if not calls._first_free <= place < len(values):
        return False
    values[place] = None
    return True


cdef int _hand_over(Import self, object error) except -1:
    """Give an exception to Rust as its Err."""
    self._calls._helpers.catch(error)
    if self._result != b"-":
        _cell(self._calls, 0).u64 = 0
    if self._result == b"s":
        _cell(self._calls, 1).u64 = 0
    return 0


cdef int _deliver(Import self, object result) except -1:
    """Lower the result into the mailbox."""
    cdef Argument lowered
    cdef bint stored
    if self._result == b"-":
        return 0
    if self._result == b"o":
        _cell(self._calls, 0).u64 = _own(self._calls, result)
        return 0
    lowered.owner = NULL
    lowered.value.u64 = 0  # the guest sees all of a cell
    if not _take_argument(self._calls, self._result, <PyObject *>result, &lowered):
        raise TypeError(f"{self._label}: {result!r} is no value of its type")
    if self._result == b"s":
        stored = _store(self._calls, &lowered)
        Py_XDECREF(lowered.owner)
        if not stored:
            _reraise()
        _cell(self._calls, 1).u64 = <uint64_t>lowered.size
    _cell(self._calls, 0)[0] = lowered.value
    return 0


cdef uint32_t _own(Calls calls, object value) except? 0:
    """Give an owned handle for a value: a free one of the table, else the border finds one."""
    cdef list free, values
    cdef PyObject *handles = _handles(calls)
    cdef Py_ssize_t place
    if value is not None and value is not True and value is not False:
        free = <list>unpoison_at(handles, calls._free_at)
        values = <list>unpoison_at(handles, calls._values_at)
        if free and type(value) is not calls._null_type:
            place = <Py_ssize_t>free[len(free) - 1] - LENT
            if calls._first_free <= place < len(values):
                free.pop()
                values[place] = value
                return <uint32_t>(place + LENT)
    return calls._helpers.own(value)


# --- the host function ---

cdef struct Entered:
    Run *run
    PyObject *host


cdef class Host:
    """The one host function of a store, as host.py has it."""

    cdef object _host
    cdef list _handlers  # of a Dispatch; else None
    cdef int32_t _returned
    cdef object _fail
    cdef list _failure
    cdef Meter _meter
    cdef Entered _entered
    cdef Py_ssize_t _depth
    cdef unsigned long _thread
    cdef readonly uintptr_t pointer
    cdef readonly uintptr_t env

    def __init__(
        self, object host, object fail, Meter meter, list handlers, int32_t returned
    ):
        self._host = host
        self._handlers = handlers
        self._returned = returned
        self._fail = fail
        self._failure = []
        self._meter = meter
        self._entered.run = &meter._run
        self._entered.host = <PyObject *>self
        self.pointer = <uintptr_t>&_host_called
        self.env = <uintptr_t>&self._entered

    def take_failure(self):
        """Give the exception that `fail` raised last and forget it, else None."""
        failure = self._failure.pop() if self._failure else None
        self._failure.clear()
        return failure

    def running(self):
        """Tell whether this thread's stack has a call of this function."""
        return self._depth > 0 and self._thread == PyThread_get_thread_ident()


cdef void *_host_called(void *env, void *caller, void *slots, size_t count) noexcept nogil:
    """Be the C function; afterwards the guest runs with the GIL, until the next tick."""
    cdef Entered *entered = <Entered *>env
    cdef int32_t *slot = <int32_t *>slots
    cdef answer_t answer = <answer_t><void *>_answer_call
    cdef PyGILState_STATE state
    if entered.run.mode == HELD:
        slot[0] = answer(entered.host, slot[0])
    elif entered.run.mode == RELEASED:
        PyEval_RestoreThread(entered.run.thread_state)
        entered.run.mode = HELD
        slot[0] = answer(entered.host, slot[0])
    else:
        state = PyGILState_Ensure()
        slot[0] = answer(entered.host, slot[0])
        PyGILState_Release(state)
    return NULL


cdef int32_t _answer_call(PyObject *env, int32_t number) noexcept:
    cdef Host host = <Host>env
    cdef int32_t status
    host._depth += 1
    host._thread = PyThread_get_thread_ident()
    status = _status(host, number)
    host._depth -= 1
    return status


cdef int32_t _status(Host host, int32_t number) noexcept:
    """Answer one call; no exception leaves."""
    cdef PyObject *handler
    try:
        if host._handlers is None:
            return index(host._host(number))
        handler = <PyObject *>host._handlers[number]
        if unpoison_is(handler, <PyObject *>Import):
            _answer(<Import>handler)
        else:
            (<object>handler)()
        return host._returned
    except BaseException as error:
        return _failed(host, error)


cdef int32_t _failed(Host host, object error) noexcept:
    try:
        return index(host._fail(error))
    except BaseException as problem:
        host._failure.append(problem)
        return TRAP_STATUS
