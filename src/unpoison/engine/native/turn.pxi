# The lock of an instance.

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
