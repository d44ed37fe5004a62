# What the functions of one instance share: the call of an entry, handles, memory, results.

cdef struct Closures:
    # Where an object of their class keeps what `Exporter` names.
    Py_ssize_t home, a, b, count, mutable, running


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
    cdef object _lend, _take_value, _peek_value, _own_value, _drop_handle
    cdef object _null_type
    cdef Py_ssize_t _malloc, _free, _first_free, _batch
    cdef object _struct, _closure
    cdef Py_ssize_t _struct_home_at, _pointer_at
    cdef Closures _closures
    cdef Py_ssize_t _handles_at, _values_at, _lent_at, _free_at
    cdef Meter _meter
    cdef memory_size_t _size
    cdef void *_context
    cdef uint64_t[3] _memory
    cdef char *_base
    cdef char *_mail
    cdef Py_ssize_t _short_at, _short  # where, from the mailbox on, and how many bytes
    cdef uint64_t _known  # bytes of the memory, when it was looked at last

    def __init__(
        self,
        object gate,
        Turn turn,
        list callers,
        uintptr_t slots,
        uintptr_t trap,
        object kept,
        object struct,
        object closure,
        object home,
        object handles,
        object helpers,
        Py_ssize_t malloc,
        Py_ssize_t free,
        uintptr_t memory_size,
        Py_ssize_t first_free,
        Py_ssize_t batch,
        Py_ssize_t short_at,
        Py_ssize_t short,
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
        _find_closures(&self._closures, closure)
        self._closure = closure
        self._handles_at = unpoison_slot(home, "handles")
        self._values_at = unpoison_slot(handles, "values")
        self._lent_at = unpoison_slot(handles, "lent")
        self._free_at = unpoison_slot(handles, "free")
        self._helpers = helpers
        self._fault, self._left, self._failed = helpers.fault, helpers.left, helpers.failed
        self._reach = helpers.reach
        self._take_str, self._take_bytes = helpers.take_str, helpers.take_bytes
        self._lend, self._take_value = helpers.lend, helpers.take
        self._peek_value, self._own_value = helpers.peek, helpers.own
        self._drop_handle = helpers.drop_handle
        self._malloc = malloc
        self._free = free
        self._null_type = helpers.null_type
        self._first_free = first_free
        self._batch = batch
        self._short_at, self._short = short_at, short
        self._size = <memory_size_t>memory_size

    def attach(
        self, Meter meter, uintptr_t context, uintptr_t memory, uintptr_t base, uintptr_t mail
    ):
        """Use the memory of a fresh generation, a wasmtime_memory_t, and its mailbox."""
        self._meter = meter
        self._context = <void *>context
        memcpy(self._memory, <const void *>memory, sizeof(self._memory))
        self._base = <char *>base
        self._known = 0
        self._mail = <char *>mail

    def export(self, Py_ssize_t number, str params, str result, bint is_short):
        """Give what makes the Export of an entry of its generated function."""
        cdef Draft draft = Draft.__new__(Draft)
        draft._calls, draft._place = self, number
        draft._params, draft._result = params, result
        draft._is_short = is_short
        return draft

    def closure(self, Py_ssize_t number, uint32_t shim, str params, str result):
        """Give what makes the Export of a closure type of its generated function."""
        cdef Draft draft = Draft.__new__(Draft)
        draft._calls, draft._place = self, number
        draft._params, draft._result = params, result
        draft._shim, draft._on_closure = shim, True
        return draft

    def peek(self, uint32_t handle):
        """Give the value of a borrowed handle."""
        cdef PyObject *value = _peek(self, handle)
        return self._peek_value(handle) if value is NULL else <object>value

    def take(self, uint32_t handle):
        """Give the value of an owned handle, and free the handle."""
        cdef PyObject *value = _peek(self, handle)
        if value is NULL:
            return self._take_value(handle)
        found = <object>value
        _drop(self, handle)
        return found

    def drop_handle(self, uint32_t handle):
        """Free an owned handle; fixed ones stay."""
        _drop(self, handle)

    def own(self, value):
        """Give an owned handle for a value."""
        return _own(self, value)

    def host_function(
        self, object imported, object place, str params, str result, str label, bint catches
    ):
        """Give what makes the Import for a host function of its generated one."""
        cdef Draft draft = Draft.__new__(Draft)
        draft._calls, draft._place, draft._imported = self, place, imported
        draft._params, draft._result = params, result
        draft._label, draft._catches = label, catches
        return draft


cdef class Draft:
    """What is known of an Export or Import before its function."""

    cdef Calls _calls
    cdef object _place
    cdef object _imported  # of an Import; else None
    cdef str _params, _result, _label
    cdef bint _catches, _on_closure, _is_short
    cdef uint32_t _shim

    def __call__(self, function):
        if self._imported is not None:
            return _make_import(self, function)
        return _make_export(self, function)


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
    bint is_none
    uint32_t shim  # of a closure, whose two words are value and size


cdef struct Kind:
    char letter
    char optional  # it may be None instead


cdef int _read_kinds(str letters, Kind *kinds, int most) except -1:
    """Give the number of kinds that the letters of a compiled form name."""
    cdef Py_ssize_t size = 0, place
    cdef const char *text = PyUnicode_AsUTF8AndSize(letters, &size)
    cdef int count = 0
    cdef char optional = False
    for place in range(size):
        if text[place] == b"~":
            optional = True
        elif text[place] != b"!":
            if count == most:
                raise ValueError("too many values")
            kinds[count].letter = text[place]
            kinds[count].optional = optional
            optional = False
            count += 1
    return count


cdef inline bint _has(Kind *kinds, Py_ssize_t count, char letter) noexcept:
    cdef Py_ssize_t place
    for place in range(count):
        if kinds[place].letter == letter:
            return True
    return False


cdef inline bint _is_memory(char letter) noexcept:
    return letter == b"s" or letter == b"y"


cdef inline bint _is_small(char letter) noexcept:
    return letter == b"b" or letter == b"B" or letter == b"h" or letter == b"H" or letter == b"?"


cdef inline bint _is_word(char letter) noexcept:
    return letter == b"i" or letter == b"I" or letter == b"f"


cdef inline Py_ssize_t _width(Kind kind) noexcept:
    """Give the number of Wasm values that one of Python is."""
    if kind.letter == b"-":
        return 0
    if _is_memory(kind.letter):
        return 2
    if kind.letter == b"&":
        return 3
    if kind.letter == b"o" or kind.letter == b"O" or not kind.optional:
        return 1
    return 1 if _is_small(kind.letter) or _is_word(kind.letter) else 2


cdef inline Py_ssize_t _write(Argument *given, Kind kind, Value *first, Py_ssize_t step) noexcept:
    """Write a value where Wasm reads it, and give its width. `step` is from one place to the next.

    The codes of None are those of bindgen's absence.py.
    """
    if _is_memory(kind.letter):
        first[0].u64 = 0 if given.is_none else given.value.u32
        first[step].u64 = 0 if given.is_none else <uint64_t>given.size
    elif kind.letter == b"&":
        first[0].u64 = given.shim
        first[step].u64 = given.value.u32
        first[2 * step].u64 = <uint64_t>given.size
    elif not kind.optional:
        first[0] = given.value
    elif _is_small(kind.letter):
        first[0].u64 = NONE_SMALL if given.is_none else given.value.u32
    elif _is_word(kind.letter):
        if given.is_none:
            first[0].f64 = NONE_WORD
        elif kind.letter == b"f":
            first[0].f64 = given.value.f32
        elif kind.letter == b"i":
            first[0].f64 = given.value.i32
        else:
            first[0].f64 = given.value.u32
    else:
        first[0].u64 = not given.is_none
        first[step].u64 = 0 if given.is_none else given.value.u64
    return _width(kind)


cdef inline PyObject *_read(Kind kind, Value *first, Py_ssize_t step) noexcept:
    """Give the number, or None, that lies there."""
    if not kind.optional:
        return _give_number(kind.letter, first)
    if _is_small(kind.letter):
        if first.u32 == NONE_SMALL:
            return Py_NewRef(Py_None)
        return _give_number(kind.letter, first)
    if _is_word(kind.letter):
        if first.f64 == NONE_WORD:
            return Py_NewRef(Py_None)
        if kind.letter == b"f":
            return PyFloat_FromDouble(first.f64)
        return PyLong_FromDouble(first.f64)
    if first.i32 == 0:
        return Py_NewRef(Py_None)
    return _give_number(kind.letter, &first[step])


# --- the call, with the lock held ---

cdef inline Value *_slot(Calls calls, Py_ssize_t offset) noexcept:
    return <Value *>(calls._slots + offset)


cdef PyObject *_enter(Export self, Calls calls, Argument *given, PyObject **args) noexcept:
    """Make the call and those to the guest's allocator as one, for the meter."""
    cdef Meter meter = calls._meter
    cdef PyObject *result
    cdef PyObject *lent = NULL
    cdef Py_ssize_t mark = 0
    if meter._run.inside == 0 and not _begin(meter):
        return NULL
    meter._run.inside += 1
    if self._lends:
        lent = Py_NewRef(unpoison_at(_handles(calls), calls._lent_at))
        mark = PyList_GET_SIZE(lent)
    if not self._on_closure:
        result = _cross(self, calls, given, args)
    elif _hold_closure(calls, args[0]):
        given[0].shim = self._shim
        result = _let_closure_go(calls, args[0], _cross(self, calls, given, args))
    else:
        result = NULL
    if self._lends:
        result = _take_back(lent, mark, result)
    meter._run.inside -= 1
    if meter._run.inside == 0:
        _end(meter)
    return result


cdef PyObject *_take_back(PyObject *lent, Py_ssize_t mark, PyObject *result) noexcept:
    """Forget what was lent for a call, whether it has a result or an error."""
    cdef PyObject *error = NULL
    if result is NULL:
        error = unpoison_fetch()
    if PyList_SetSlice(lent, mark, PyList_GET_SIZE(lent), NULL) < 0:
        Py_XDECREF(result)
        result = NULL
    elif error is not NULL:
        unpoison_raise(error)
    Py_XDECREF(error)
    Py_DECREF(lent)
    return result


cdef inline PyObject *_cross(
    Export self, Calls calls, Argument *given, PyObject **args
) noexcept:
    cdef PyObject *receiver = args[self._receiver] if self._receiver >= 0 else NULL
    cdef Py_ssize_t place, offset = 0
    if self._allocates and not _allocate_all(self, calls, given):
        return NULL
    for place in range(self._count):
        offset += SLOT * _write(
            &given[place], self._params[place], _slot(calls, offset), SLOT // sizeof(Value)
        )
    if not _call(calls, self._number, self._status, receiver):
        return NULL
    if self._can_fail and _slot(calls, self._status - SLOT).u32:
        _complain(_tell(calls._failed, _slot(calls, self._status - 2 * SLOT).u32, 0, 1))
        return NULL
    if _is_memory(self._result.letter):
        return _give_memory(self, calls)
    if self._result.letter == b"o":
        return _give_value(calls, _slot(calls, 0).u32)
    return _read(self._result, _slot(calls, 0), SLOT // sizeof(Value))


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


# --- handles ---

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


# --- memory ---

cdef inline bint _is_inside(Calls calls, uint32_t pointer, uint32_t size) noexcept:
    cdef uint64_t end = <uint64_t>pointer + size
    if end > calls._known:  # a memory never shrinks
        calls._known = calls._size(calls._context, calls._memory)
    return end <= calls._known


cdef bint _allocate_all(Export self, Calls calls, Argument *given) noexcept:
    """Lend values; then copy strings and bytes into memory that the guest allocates, and give
    values away: Rust owns and frees those."""
    cdef Py_ssize_t place
    cdef char letter
    for place in range(self._count):
        if self._params[place].letter == b"o" and not _lend(calls, &given[place]):
            return False
    for place in range(self._count):
        letter = self._params[place].letter
        if letter == b"O":
            if not _give_away(calls, &given[place]):
                return False
        elif _is_memory(letter) and not given[place].is_none:
            if self._is_short and given[place].size <= calls._short and _is_outermost(calls):
                _put_short(calls, &given[place])
            elif not _store(calls, &given[place]):
                return False
    return True


cdef inline bint _is_outermost(Calls calls) noexcept:
    return calls._meter._run.inside == 1


cdef inline void _put_short(Calls calls, Argument *given) noexcept:
    """Put bytes where the entry takes them from; see bindgen's short_memory.py."""
    memcpy(calls._mail + calls._short_at, given.data, given.size)
    given.value.u32 = HANDED_OVER


cdef bint _lend(Calls calls, Argument *given) noexcept:
    """Name a value for this call, as `Handles.lend` does."""
    cdef PyObject *lent = unpoison_at(_handles(calls), calls._lent_at)
    cdef Py_ssize_t count = PyList_GET_SIZE(lent)
    if count >= LENT - 1:
        return _complain_of_lending(calls, <PyObject *>given.data)
    given.value.u64 = LENT - 1 - count
    return PyList_Append(lent, <PyObject *>given.data) == 0


cdef bint _complain_of_lending(Calls calls, PyObject *value) noexcept:
    cdef PyObject *handle = PyObject_CallFunctionObjArgs(<PyObject *>calls._lend, value, NULL)
    Py_XDECREF(handle)
    return False


cdef bint _give_away(Calls calls, Argument *given) noexcept:
    failure = None
    try:
        given.value.u64 = _own(calls, <object><PyObject *>given.data)
    except BaseException as error:
        failure = error
    return failure is None or _set(failure)


cdef bint _set(object error) noexcept:
    """Set an error, and tell that there is one."""
    unpoison_raise(<PyObject *>error)
    return False


cdef PyObject *_give_value(Calls calls, uint32_t handle) noexcept:
    """Give the value of an owned handle, and free the handle."""
    cdef PyObject *value = _peek(calls, handle)
    if value is NULL:
        return _tell(calls._take_value, handle, 0, 1)
    Py_INCREF(value)
    failure = None
    try:
        _drop(calls, handle)
    except BaseException as error:
        failure = error
    if failure is None or _set(failure):
        return value
    Py_DECREF(value)
    return NULL


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


cdef PyObject *_copy_out(Calls calls, char letter, uint32_t pointer, uint32_t size) noexcept:
    """Give a string or bytes of the guest; NULL, with or without an error set, for a bad place."""
    if not _is_inside(calls, pointer, size):
        return NULL
    if letter == b"s":
        return PyUnicode_DecodeUTF8(calls._base + pointer, size, NULL)
    return PyBytes_FromStringAndSize(calls._base + pointer, size)


cdef PyObject *_give_memory(Export self, Calls calls) noexcept:
    """Give the string or bytes that Rust handed over, and free them."""
    cdef uint32_t pointer = _slot(calls, 0).u32, size = _slot(calls, SLOT).u32
    cdef bint is_freed = _slot(calls, self._status + SLOT).u32 != 0  # by the entry: it was short
    cdef PyObject *result
    if self._result.optional and pointer == 0:
        return Py_NewRef(Py_None)
    result = _copy_out(calls, self._result.letter, pointer, size)
    if result is NULL:
        # What is wrong with it is said by the one who says it in Python too.
        PyErr_Clear()
        take = calls._take_str if self._result.letter == b"s" else calls._take_bytes
        return _tell(take, pointer, size, 2)
    if size == 0 or is_freed or _release(calls, pointer, size):
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
