# What a trap tells.

cdef struct byte_vec:  # wasm_byte_vec_t
    size_t size
    const char *data

cdef struct frame_vec:  # wasm_frame_vec_t
    size_t size
    void **data

ctypedef bint (*trap_code_t)(void *trap, uint8_t *code) noexcept nogil
ctypedef void (*trap_trace_t)(void *trap, frame_vec *frames) noexcept nogil
ctypedef void (*delete_frames_t)(frame_vec *frames) noexcept nogil
ctypedef uint32_t (*frame_index_t)(void *frame) noexcept nogil
ctypedef const byte_vec *(*frame_name_t)(void *frame) noexcept nogil


cdef class TrapReader:
    """Reads a wasm_trap_t by its address, as faults.py has it in `read_trap`."""

    cdef trap_code_t _code
    cdef trap_trace_t _trace
    cdef delete_frames_t _delete
    cdef frame_index_t _index
    cdef frame_name_t _module
    cdef frame_name_t _name
    cdef object _frame
    cdef size_t _most

    def __init__(
        self, uintptr_t code, uintptr_t trace, uintptr_t delete, uintptr_t index,
        uintptr_t module, uintptr_t name, object frame, size_t most,
    ):
        self._code, self._trace = <trap_code_t>code, <trap_trace_t>trace
        self._delete, self._index = <delete_frames_t>delete, <frame_index_t>index
        self._module, self._name = <frame_name_t>module, <frame_name_t>name
        self._frame, self._most = frame, most

    def __call__(self, uintptr_t trap):
        cdef uint8_t code
        cdef frame_vec frames
        cdef size_t i
        cdef list found = []
        self._trace(<void *>trap, &frames)
        try:
            for i in range(min(frames.size, self._most)):
                found.append(self._frame(
                    self._index(frames.data[i]),
                    _text_of(self._module(frames.data[i])),
                    _text_of(self._name(frames.data[i])),
                ))
        finally:
            self._delete(&frames)
        return code if self._code(<void *>trap, &code) else None, tuple(found)


cdef object _text_of(const byte_vec *name):
    return None if name is NULL else name.data[:name.size].decode("utf-8", "replace")
