# Closures of the guest, as callables of the host.

cdef int _find_closures(Closures *places, object cls) except -1:
    places.home = unpoison_slot(cls, "_home")
    places.a = unpoison_slot(cls, "_a")
    places.b = unpoison_slot(cls, "_b")
    places.count = unpoison_slot(cls, "_count")
    places.mutable = unpoison_slot(cls, "_mutable")
    places.running = unpoison_slot(cls, "_running")
    return 0


cdef inline bint _take_closure(Calls calls, PyObject *value, Argument *given) noexcept:
    """Take the two words out of a closure that may be called; False when it may not."""
    cdef Closures *places = &calls._closures
    cdef int64_t a = 0, b = 0
    if not unpoison_is_instance(value, <PyObject *>calls._closure):
        return False
    if unpoison_at(value, places.home) is not unpoison_at(<void *>calls._gate, calls._home_at):
        return False
    if not _word_at(value, places.a, &a) or a == 0 or not _word_at(value, places.b, &b):
        return False
    if unpoison_at(value, places.mutable) is not Py_False:
        if unpoison_at(value, places.running) is not Py_False:
            return False
    given.value.u32 = <uint32_t>a
    given.size = <Py_ssize_t>b
    return True


cdef inline bint _word_at(PyObject *value, Py_ssize_t place, int64_t *word) noexcept:
    cdef PyObject *number = unpoison_at(value, place)
    return number is not NULL and _is_between(number, 0, 0xFFFFFFFF, word)


cdef bint _hold_closure(Calls calls, PyObject *closure) noexcept:
    """Count a call of a closure, as `RustFunction._begin`; False with an error set."""
    cdef Closures *places = &calls._closures
    if not _count_up(calls, closure, 1):
        return False
    if unpoison_at(closure, places.mutable) is not Py_False:
        unpoison_put(closure, places.running, Py_NewRef(Py_True))
    return True


cdef bint _count_up(Calls calls, PyObject *closure, int step) noexcept:
    cdef PyObject *count = unpoison_at(closure, calls._closures.count)
    cdef int64_t number = 0
    if count is NULL or not _is_between(count, 0, 0x7FFFFFFF, &number):
        PyErr_SetString(RuntimeError, b"a closure without a count")
        return False
    count = PyLong_FromLong(<long>number + step)
    if count is NULL:
        return False
    unpoison_put(closure, calls._closures.count, count)
    return True


cdef PyObject *_let_closure_go(Calls calls, PyObject *closure, PyObject *result) noexcept:
    """End a call of a closure, whether it has a result or an error; the last one frees it."""
    cdef Closures *places = &calls._closures
    cdef PyObject *error = NULL
    cdef PyObject *count = unpoison_at(closure, places.count)
    cdef int64_t number = 0
    cdef bint ended
    if result is NULL:
        error = unpoison_fetch()
    if count is not NULL and _is_between(count, 2, 0x7FFFFFFF, &number):
        unpoison_put(closure, places.running, Py_NewRef(Py_False))
        ended = _count_up(calls, closure, -1)
    else:
        ended = _end_in_python(<object>closure)
    if not ended:
        Py_XDECREF(result)
        result = NULL
    elif error is not NULL:
        unpoison_raise(error)
    Py_XDECREF(error)
    return result


cdef bint _end_in_python(object closure) noexcept:
    failure = None
    try:
        closure._end()
    except BaseException as error:
        failure = error
    return failure is None or _set(failure)


cdef class Passing:
    """The `__call__` of a class whose objects are called by what their slot `_invoke` has.

    That gets the object, then as many arguments as the slot `length` says: what is missing is None,
    what is more is dropped. `__wrapped__` does the same.
    """

    cdef PyObject *(*_vectorcall)(PyObject *, PyObject **, size_t, PyObject *) noexcept
    cdef readonly object __wrapped__
    cdef object _class
    cdef Py_ssize_t _length_at, _invoke_at

    def __init__(self, object cls, object function):
        self._class = cls
        self._length_at = unpoison_slot(cls, "length")
        self._invoke_at = unpoison_slot(cls, "_invoke")
        self.__wrapped__ = function
        self._vectorcall = _pass_on

    def __get__(self, instance, owner):
        return self if instance is None else MethodType(self, instance)

    def __getattr__(self, str name):
        return getattr(self.__wrapped__, name)

    @property
    def __doc__(self):
        return self.__wrapped__.__doc__


cdef PyObject *_pass_on(
    PyObject *callable, PyObject **args, size_t flags, PyObject *keywords
) noexcept:
    cdef Passing self = <Passing>callable
    cdef PyObject *given[MOST]
    cdef PyObject *invoke
    cdef PyObject *result
    cdef int64_t place, length = 0, count = <int64_t>PyVectorcall_NARGS(flags)
    if (
        keywords is not NULL
        or count < 1
        or not unpoison_is_instance(args[0], <PyObject *>self._class)
        or not _word_at(args[0], self._length_at, &length)
        or length >= MOST
    ):
        return PyObject_Vectorcall(<PyObject *>self.__wrapped__, args, flags, keywords)
    invoke = unpoison_at(args[0], self._invoke_at)
    if invoke is NULL:
        return PyObject_Vectorcall(<PyObject *>self.__wrapped__, args, flags, keywords)
    for place in range(length + 1):
        given[place] = args[place] if place < count else Py_None
    Py_INCREF(invoke)
    if unpoison_is(invoke, <PyObject *>Export):
        result = _call_export(invoke, given, length + 1, NULL)
    else:
        result = PyObject_Vectorcall(invoke, given, length + 1, NULL)
    Py_DECREF(invoke)
    return result


cdef _make_passing_callable():
    cdef Passing passing = Passing.__new__(Passing)
    unpoison_vectorcall(Passing, <char *>&passing._vectorcall - <char *><PyObject *>passing)


_make_passing_callable()
