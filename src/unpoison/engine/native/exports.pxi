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
    cdef Kind[MOST] _params
    cdef Kind _result
    cdef bint _allocates, _lends, _owns_data, _can_fail
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
        cdef Kind[MOST] results
        if not 0 <= number < len(calls._callers):
            raise IndexError(number)
        self.__wrapped__ = function
        self._calls = calls
        self._number = number
        self._count = _read_kinds(params, self._params)
        _read_kinds(result.lstrip(b"!"), results)
        self._result = results[0]
        self._receiver = params.replace(b"~", b"").find(b"@")
        self._owns_data = b"s" in params
        self._lends = b"o" in params
        self._allocates = self._lends or b"O" in params or b"s" in params or b"y" in params
        self._can_fail = result.startswith(b"!")
        self._status = SLOT * (_width(self._result) + 2 * self._can_fail)
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
    if self._owns_data:
        _let_go(given, self._count)
    return result


cdef _make_callable():
    cdef Export export = Export.__new__(Export)
    unpoison_vectorcall(Export, <char *>&export._vectorcall - <char *><PyObject *>export)


_make_callable()
