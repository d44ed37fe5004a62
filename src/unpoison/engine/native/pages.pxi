# The written pages of a memory.

from cpython.exc cimport PyErr_SetFromErrno

cdef extern from "native/pages.h":
    int64_t unpoison_copy_written(
        int pagemap, uint64_t start, uint64_t middle, uint64_t end, uint64_t size,
        uint64_t source, uint64_t target, bint protect
    )


def copy_written(
    int pagemap, uint64_t start, uint64_t middle, uint64_t end, uint64_t size,
    uint64_t source, uint64_t target, bint protect,
):
    """Copy the written pages of a range, as page_scan.py has it."""
    # The GIL is kept: nothing interrupts between the protection of a page and its copy.
    cdef int64_t copied = unpoison_copy_written(
        pagemap, start, middle, end, size, source, target, protect
    )
    if copied < 0:
        PyErr_SetFromErrno(OSError)
    return copied
