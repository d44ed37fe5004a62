# Imported functions, and the host function that finds them.

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
    cdef int _count
    cdef Kind[MOST] _params
    cdef Kind _result
    cdef char _catches
    cdef str _label

    def __init__(self):
        raise TypeError("Calls.host_function makes it")

    def __call__(self):
        _answer(self)

    def __repr__(self):
        return repr(self.__wrapped__)


cdef object _make_import(Draft draft, object function):
    """Give the Import; the function itself where its guest lacks what strings need."""
    cdef Import self = Import.__new__(Import)
    self._count = _read_kinds(draft._params, self._params, MOST)
    if _read_kinds(draft._result, &self._result, 1) != 1:
        raise ValueError("an import has one result")
    if self._result.letter == b"s" and draft._calls._malloc < 0:
        return function
    self.__wrapped__ = function
    self._calls = draft._calls
    self._imported = draft._imported
    self._place = draft._place
    self._catches = draft._catches
    self._label = draft._label
    return self


cdef int _answer(Import self) except -1:
    cdef PyObject *given[MOST]
    cdef Py_ssize_t place
    cdef Argument lowered
    if self._result.letter == b"x" and _clear(self._calls, _cell(self._calls, 0).u32):
        return 0
    if self._result.letter == b"x" or not _read_arguments(self, given):
        self.__wrapped__()
        return 0
    lowered.owner = NULL
    try:
        result = _outcome(self, given, &lowered)
    except Exception as error:
        if not self._catches:
            raise
        return _hand_over(self, error)
    finally:
        for place in range(self._count):
            Py_XDECREF(given[place])
    return _deliver(self, result, &lowered)


cdef object _outcome(Import self, PyObject **given, Argument *lowered):
    """Call what answers, and give its result, which keeps what is lowered of it."""
    cdef object function = self._imported[self._place]
    cdef char letter = self._result.letter
    cdef PyObject *result
    _drop_owned(self)
    result = PyObject_Vectorcall(<PyObject *>function, given, self._count, NULL)
    if result is NULL:
        _reraise()
    found = <object>result
    Py_DECREF(result)
    if letter == b"-" or letter == b"o":
        return found
    if not _take_argument(self._calls, self._result, <PyObject *>found, lowered):
        found = self._calls._helpers.convert(letter, found, self._label)
        if not _take_argument(self._calls, self._result, <PyObject *>found, lowered):
            raise TypeError(f"{self._label}: {found!r} is no value of its type")
    return found


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
        cell += _width(self._params[place])
    return True


cdef PyObject *_read_argument(Calls calls, Kind which, Py_ssize_t cell) noexcept:
    cdef uint32_t word = _cell(calls, cell).u32
    cdef PyObject *found
    cdef char kind = which.letter
    if kind == b"o" or kind == b"O":
        found = _peek(calls, word)
        return NULL if found is NULL else Py_NewRef(found)
    if not _is_memory(kind):
        return _read(which, _cell(calls, cell), 1)
    if which.optional and word == 0:
        return Py_NewRef(Py_None)
    return _copy_out(calls, kind, word, _cell(calls, cell + 1).u32)


cdef bint _drop_owned(Import self) except False:
    """Free the handles that Rust gave away."""
    cdef Py_ssize_t place, cell = 0
    for place in range(self._count):
        if self._params[place].letter == b"O":
            _drop(self._calls, _cell(self._calls, cell).u32)
        cell += _width(self._params[place])
    return True


cdef int _drop(Calls calls, uint32_t handle) except -1:
    cdef list free = <list>unpoison_at(_handles(calls), calls._free_at)
    if len(free) < calls._batch and _clear(calls, handle):
        free.append(handle)
    else:
        calls._drop_handle(handle)
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
    cdef Py_ssize_t cell
    self._calls._helpers.catch(error)
    for cell in range(_width(self._result)):
        _cell(self._calls, cell).u64 = 0
    return 0


cdef int _deliver(Import self, object result, Argument *lowered) except -1:
    """Put the result into the mailbox."""
    cdef bint stored
    if self._result.letter == b"-":
        return 0
    if self._result.letter == b"o":
        _cell(self._calls, 0).u64 = _own(self._calls, result)
        return 0
    if self._result.letter == b"s" and not lowered.is_none:
        stored = _store(self._calls, lowered)
        Py_XDECREF(lowered.owner)
        if not stored:
            _reraise()
    _write(lowered, self._result, _cell(self._calls, 0), 1)
    return 0


cdef uint32_t _own(Calls calls, object value) except? 0:
    """Give an owned handle for a value: a free one of the table, else the border finds one."""
    cdef list free, values
    cdef PyObject *handles = _handles(calls)
    cdef Py_ssize_t place
    values = <list>unpoison_at(handles, calls._values_at)
    if value is None or value is True or value is False or type(value) is calls._null_type:
        for place in range(min(CONSTANTS, calls._first_free, len(values))):
            if values[place] is value:
                return <uint32_t>(place + LENT)
    else:
        free = <list>unpoison_at(handles, calls._free_at)
        if free:
            place = <Py_ssize_t>free[len(free) - 1] - LENT
            if calls._first_free <= place < len(values):
                free.pop()
                values[place] = value
                return <uint32_t>(place + LENT)
    return calls._own_value(value)


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
