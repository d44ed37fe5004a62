# The written pages of a memory.

from cpython.exc cimport PyErr_SetFromErrno

cdef extern from "native/pages.h":
    struct unpoison_run "":
        uint64_t start, end

    struct unpoison_known:
        int64_t count
        unpoison_run *runs

    void unpoison_forget(unpoison_known *known)
    uint64_t unpoison_faults()
    bint unpoison_is_known(
        const unpoison_known *known, uint64_t end, uint64_t limit, uint64_t faults
    )
    int64_t unpoison_copy_written(
        unpoison_known *known, int pagemap, uint64_t start, uint64_t middle, uint64_t end,
        uint64_t size, uint64_t source, uint64_t target, bint protect
    )


cdef class PageCopy:
    """Copies the written pages of a range, as page_scan.py has it."""

    cdef unpoison_known _known
    cdef uint64_t _start, _middle
    cdef int _pagemap

    def __init__(self, int pagemap, uint64_t start, uint64_t middle):
        self._pagemap, self._start, self._middle = pagemap, start, middle
        unpoison_forget(&self._known)

    def copy(self, uint64_t end, uint64_t size, uint64_t source, uint64_t target, bint protect):
        """Copy what was written."""
        # The GIL is kept: nothing interrupts between the protection of a page and its copy.
        cdef int64_t copied = unpoison_copy_written(
            &self._known, self._pagemap, self._start, self._middle, end, size, source, target,
            protect,
        )
        if copied < 0:
            PyErr_SetFromErrno(OSError)
        return copied

    def known(self, uint64_t end, uint64_t size):
        """Give what was written, where the last look still tells."""
        cdef int64_t i
        if not unpoison_is_known(&self._known, end, self._start + size, unpoison_faults()):
            return None
        return [
            (self._known.runs[i].start, self._known.runs[i].end - self._known.runs[i].start)
            for i in range(self._known.count)
        ]

    def forget(self):
        """Look anew at the next copy."""
        unpoison_forget(&self._known)
