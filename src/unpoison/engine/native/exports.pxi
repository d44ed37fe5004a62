# Exported functions.

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


cdef _make_callable():
    cdef Export export = Export.__new__(Export)
    unpoison_vectorcall(Export, <char *>&export._vectorcall - <char *><PyObject *>export)


_make_callable()
