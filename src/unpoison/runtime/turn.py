"""Takes the lock of an instance so that no interrupt can lose it."""

from __future__ import annotations

from collections.abc import Callable


class Turn(dict[bool, bool]):
    """Takes a lock by a subscript: `turn[False]` tells whether it got it, `turn[True]` waits.

    CPython looks for Ctrl-C after each call, but not after a subscript: so no KeyboardInterrupt
    comes between the lock and the `try` that frees it. It costs 40 ns more than the call.
    """

    __slots__ = ("__missing__",)

    def __init__(self, acquire: Callable[[bool], bool]) -> None:
        self.__missing__ = acquire
