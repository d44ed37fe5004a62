"""A lock that is taken by a subscript, so that no interrupt can lose it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol


class Turn(Protocol):
    """A reentrant lock: `turn[False]` tells whether it got it, `turn[True]` waits for it.

    CPython looks for Ctrl-C after each call, but not after a subscript: so no KeyboardInterrupt
    comes between the lock and the `try` that frees it. It costs 40 ns more than the call, in
    Python; the compiled one costs less than a call.
    """

    @property
    def release(self) -> Callable[[], None]:
        """What frees it once. It raises RuntimeError in a thread that does not have it."""

    def __getitem__(self, waits: bool, /) -> bool: ...

    def __enter__(self) -> object: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class PlainTurn(dict[bool, bool]):
    """The one in Python: a subscript of what is never there calls `acquire` of an RLock."""

    __slots__ = ("__missing__", "release")

    def __init__(self) -> None:
        lock = threading.RLock()
        self.__missing__ = lock.acquire
        self.release = lock.release

    def __enter__(self) -> object:
        return self[True]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()
