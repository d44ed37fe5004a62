# Arguments, from Python's objects to Wasm's values.

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
    Calls calls, Kind which, PyObject *value, Argument *given
) noexcept:
    cdef int64_t number = 0
    cdef char kind = which.letter
    given.is_none = False
    given.value.u64 = 0
    if which.optional and (
        value is Py_None or unpoison_is(value, <PyObject *>calls._null_type)
    ):
        given.is_none = True
        return True
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
    elif kind == b"o" or kind == b"O":
        given.data = <const char *>value  # it becomes a handle when the lock is held
    elif kind == b"@":
        return _take_receiver(calls, value, given)
    elif kind == b"&":
        return _take_closure(calls, value, given)
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
    given.owner = NULL
    return False
