# cython: language_level=3, boundscheck=False, wraparound=False, binding=False
"""The compiled calls: what engine/calling.py gives where this module could be built.

It links to nothing: wasmtime's functions are called by their addresses in the library that capi.py
has loaded (include/wasmtime/func.h, memory.h).

Theory of operation. An `Export` is a function of one instance whose every argument and result is of
a kind that it knows. It checks, takes the lock, lowers, calls and lifts without any Python code in
between. Whatever is unusual, it leaves to the generated function that it stands for, before
anything has happened; and what goes wrong later, to the Python functions that its `Calls` has. So
nothing is decided here that is not decided in Python too.

Everything here runs with the GIL, but for the guest's own code. The Python objects that it looks
into are those of `__slots__`: their places are asked for once (`_slot`).
"""

from cpython.object cimport PyObject
from libc.stdint cimport INT64_MAX, INT64_MIN, int32_t, int64_t, uint32_t, uint64_t, uintptr_t
from libc.string cimport memcpy

from operator import index
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

    Py_ssize_t unpoison_slot(object type, object name) except -1
    void unpoison_vectorcall(object type, Py_ssize_t offset)
    PyObject *unpoison_at(void *object, Py_ssize_t offset)
    bint unpoison_is(PyObject *object, PyObject *type)
    bint unpoison_is_instance(PyObject *object, PyObject *type)
    void unpoison_raise(PyObject *error)
    const char *unpoison_ascii(PyObject *text, Py_ssize_t *size)

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

cdef enum:
    SLOT = 16  # bytes of a wasmtime_val_raw_t
    MOST = 8  # parameters of an Export or Import
    LENT = 1024  # the first handle that is not lent, as in the runtime's handles.py
    TRAP_STATUS = 0  # as in host.py
    INTERRUPTED = 2  # PY_LOCK_INTR


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


# --- the raw call ---

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
        cdef void *error = _run(self)
        return None if error is NULL else <uintptr_t>error


cdef inline void *_run(Caller caller) noexcept:
    cdef void *error
    with nogil:
        error = caller._call(
            caller._context, caller._function, caller._slots, caller._count, caller._trap
        )
    return error


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
    cdef bint failed
    if unpoison_is(caller, <PyObject *>Caller):
        Py_INCREF(caller)  # what it calls may put another one in its place
        failed = _run(<Caller>caller) is not NULL
        Py_DECREF(caller)
    elif not _run_other(caller, &failed):
        return False
    if failed or calls._trap[0] is not NULL:
        return _complain(PyObject_CallFunctionObjArgs(<PyObject *>calls._fault, NULL))
    if _slot(calls, status).i32:
        return _leave(calls, _slot(calls, status), receiver)
    return True


cdef bint _run_other(PyObject *caller, bint *failed) noexcept:
    """Make a call that is not compiled: the first one of an entry, or one with limits."""
    cdef PyObject *error
    Py_INCREF(caller)
    error = PyObject_CallFunctionObjArgs(caller, NULL)
    Py_DECREF(caller)
    failed[0] = error is not Py_None
    Py_XDECREF(error)
    return error is not NULL


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
    if not _read_arguments(self, given):
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

cdef class Host:
    """The one host function of a store, as host.py has it."""

    cdef object _host
    cdef list _handlers  # of a Dispatch; else None
    cdef int32_t _returned
    cdef object _fail
    cdef list _failure
    cdef Py_ssize_t _depth
    cdef unsigned long _thread
    cdef readonly uintptr_t pointer
    cdef readonly uintptr_t env

    def __init__(self, object host, object fail, list handlers, int32_t returned):
        self._host = host
        self._handlers = handlers
        self._returned = returned
        self._fail = fail
        self._failure = []
        self.pointer = <uintptr_t>&_host_called
        self.env = <uintptr_t><void *>self

    def take_failure(self):
        """Give the exception that `fail` raised last and forget it, else None."""
        failure = self._failure.pop() if self._failure else None
        self._failure.clear()
        return failure

    def running(self):
        """Tell whether this thread's stack has a call of this function."""
        return self._depth > 0 and self._thread == PyThread_get_thread_ident()


cdef void *_host_called(void *env, void *caller, void *slots, size_t count) noexcept with gil:
    cdef Host host = <Host>env
    cdef int32_t *slot = <int32_t *>slots
    host._depth += 1
    host._thread = PyThread_get_thread_ident()
    slot[0] = _status(host, slot[0])
    host._depth -= 1
    return NULL


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
