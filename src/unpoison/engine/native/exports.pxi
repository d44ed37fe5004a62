# Exported functions.

cdef class Export:
    """An exported function that is called without Python code; `__wrapped__` is the other way.

    `params` and `result` have a letter each, see bindgen's compiled_form.py.
    """

    cdef PyObject *(*_vectorcall)(PyObject *, PyObject **, size_t, PyObject *) noexcept
    cdef Calls _calls
    cdef readonly object __wrapped__
    cdef int _number
    cdef int _count
    cdef int _status  # the offset of its slot
    cdef int _receiver  # the place of `self`, else -1
    cdef Kind[MOST] _params
    cdef Kind _result
    cdef char _allocates, _lends, _owns_data, _can_fail, _on_closure, _is_short
    cdef uint32_t _shim  # of a closure type

    def __init__(self):
        raise TypeError("Calls.export makes it")

    def __get__(self, instance, owner):
        return self if instance is None else MethodType(self, instance)

    def __getattr__(self, str name):
        return getattr(self.__wrapped__, name)

    @property
    def __doc__(self):
        return self.__wrapped__.__doc__

    def __repr__(self):
        return repr(self.__wrapped__)


cdef object _make_export(Draft draft, object function):
    """Give the Export; the function itself where its guest lacks what strings need."""
    cdef Export self = Export.__new__(Export)
    cdef Calls calls = draft._calls
    self._count = _read_kinds(draft._params, self._params, MOST)
    if _read_kinds(draft._result, &self._result, 1) != 1:
        raise ValueError("a call has one result")
    self._owns_data = _has(self._params, self._count, b"s")
    self._allocates = self._owns_data or _has(self._params, self._count, b"y")
    if self._allocates or _is_memory(self._result.letter):
        if calls._malloc < 0 or calls._free < 0:
            return function
    self._lends = _has(self._params, self._count, b"o")
    self._allocates = self._allocates or self._lends or _has(self._params, self._count, b"O")
    self._receiver = 0 if self._count and self._params[0].letter == b"@" else -1
    self._can_fail = draft._result.startswith("!")
    self._status = SLOT * <int>(_width(self._result) + 2 * self._can_fail)
    self._number = draft._place
    if not 0 <= self._number < len(calls._callers):
        raise IndexError(self._number)
    self._on_closure, self._shim = draft._on_closure, draft._shim
    self._is_short = draft._is_short
    self.__wrapped__ = function
    self._calls = calls
    self._vectorcall = _call_export
    return self


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
