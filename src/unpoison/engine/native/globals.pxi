# An exported global.

cdef struct wasm_val:  # wasmtime_val_t
    uint8_t kind
    uint64_t words[3]

ctypedef void (*global_get_t)(void *context, const void *handle, wasm_val *value) noexcept nogil
ctypedef void *(*global_set_t)(
    void *context, const void *handle, const wasm_val *value
) noexcept nogil

cdef enum:  # wasmtime_valkind_t
    KIND_I32
    KIND_I64
    KIND_F32
    KIND_F64


cdef class Global:
    """An exported global of a number type, as store.py has it.

    `keep` has the handle. `store` is asked whether it is open; `refused` raises for an error.
    """

    cdef object _store, _keep, _refused
    cdef Py_ssize_t _place  # of what a closed store has not
    cdef void *_context
    cdef const void *_handle
    cdef global_get_t _read
    cdef global_set_t _write
    cdef wasm_val _value

    def __init__(
        self, object store, uintptr_t context, uintptr_t handle, object keep,
        uintptr_t read, uintptr_t write, object refused,
    ):
        self._store, self._keep, self._refused = store, keep, refused
        self._place = unpoison_slot(type(store), "_pointer")
        self._context, self._handle = <void *>context, <const void *>handle
        self._read, self._write = <global_get_t>read, <global_set_t>write
        self._read(self._context, self._handle, &self._value)

    cdef int _check(self) except -1:
        # The collector of garbage may have cleared this one before whoever still asks.
        if self._store is None:
            raise RuntimeError("the instance is gone")
        if unpoison_at(<void *>self._store, self._place) is Py_None:
            self._store.context  # says what is wrong
        return 0

    def get(self):
        """Give its value now; an i32 or i64 is signed."""
        self._check()
        self._read(self._context, self._handle, &self._value)
        cdef void *place = self._value.words
        if self._value.kind == KIND_I32:
            return (<int32_t *>place)[0]
        if self._value.kind == KIND_I64:
            return (<int64_t *>place)[0]
        if self._value.kind == KIND_F32:
            return (<float *>place)[0]
        return (<double *>place)[0]

    def set(self, number):
        """Change it; `refused` hears of an error."""
        cdef void *place = self._value.words
        cdef void *error
        self._check()
        if self._value.kind == KIND_I32:
            (<int32_t *>place)[0] = number
        elif self._value.kind == KIND_I64:
            (<int64_t *>place)[0] = number
        elif self._value.kind == KIND_F32:
            (<float *>place)[0] = number
        else:
            (<double *>place)[0] = number
        error = self._write(self._context, self._handle, &self._value)
        if error is not NULL:
            self._refused(<uintptr_t>error)
