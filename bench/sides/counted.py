"""`valgrind --tool=callgrind ... -m bench.sides.counted SIDE OPERATION...`: counts instructions.

Callgrind is told by client requests when to count: a sequence of instructions that does nothing on
a processor and that Valgrind knows (valgrind.h, amd64). So one process counts every operation, and
the start of Python runs uncounted. Each operation leaves one dump, in order.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Callable
from importlib import import_module
from timeit import Timer

from bench._operations import BASELINE, OPERATIONS

CALLS = 500
RUNNING_ON_VALGRIND = 0x1001
TOOL = ord("C") << 24 | ord("T") << 16
DUMP, ZERO, START = TOOL, TOOL + 1, TOOL + 4

STUB = bytes.fromhex(
    "4889f8"  # mov rax, rdi: the request
    "31d2"  # xor edx, edx: the answer outside of Valgrind
    "48c1c703 48c1c70d 48c1c73d 48c1c733"  # rol rdi, 3; 13; 61; 51
    "4887db"  # xchg rbx, rbx
    "4889d0 c3"  # mov rax, rdx; ret
)


def main(side: str, names: list[str]) -> None:
    """Count the baseline, then each operation."""
    request = _requests()
    assert request(RUNNING_ON_VALGRIND), "this runs under callgrind only"
    work = import_module(f"bench.sides.{side}").Work()
    timers = [_timer(name, work) for name in names]
    request(START)
    for timer in timers:
        timer.timeit(CALLS)
        request(ZERO)
        timer.timeit(CALLS)
        request(DUMP)


def _timer(name: str, work: object) -> Timer:
    row = BASELINE if name == BASELINE.name else OPERATIONS[name]
    return Timer(row.python, row.python_setup(), globals={"work": work})


def _requests() -> Callable[[int], int]:
    """Give what makes a client request without arguments and gives its answer."""
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(STUB)
    place = ctypes.addressof(ctypes.c_char.from_buffer(page))
    function = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p)(place)

    def request(number: int) -> int:
        words = (ctypes.c_uint64 * 6)(number)
        return int(function(ctypes.addressof(words))) if page else 0

    return request


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
