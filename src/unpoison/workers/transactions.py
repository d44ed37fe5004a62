"""An explicit transaction of one object's database, and who else takes part in its commits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from unpoison import js


class CommitListener(Protocol):
    """Who must act around each commit; the alarm index is kept right this way."""

    def before_commit(self) -> None:
        """Called just before a commit that has writes; an error undoes them."""

    def after_commit(self) -> None:
        """Called just after it; it is not durable yet."""

    async def before_flush(self) -> None:
        """Make durable what must be so before the commits are. Raises StorageError."""


class Reader(Protocol):
    """A statement of the guest that still has rows to give."""

    def cancel(self, reason: str) -> None:
        """End it; whoever asks it for more rows gets js.Error with the reason."""


class NoListener:
    """Nobody."""

    def before_commit(self) -> None: ...

    def after_commit(self) -> None: ...

    async def before_flush(self) -> None: ...


class Transaction:
    """One explicit transaction; made by `ObjectDatabase.begin`.

    `depth` is 0 for the outermost one. `end` keeps what it wrote, or not.
    """

    def __init__(
        self, end: Callable[[Transaction, bool], None], depth: int, undo_mark: int
    ) -> None:
        self._end = end
        self.depth = depth
        self.undo_mark = undo_mark
        self.is_open = True
        self.was_rolled_back = False

    def check(self, operation: str) -> None:
        """Raise js.Error when it has ended; `operation` is named as `get()`."""
        if self.was_rolled_back:
            raise js.Error(f"Cannot {operation} on rolled back transaction")
        if not self.is_open:
            raise js.Error(
                f"Cannot call {operation} on transaction that has already committed: did you "
                "move `txn` outside of the closure?"
            )

    def commit(self) -> None:
        """Keep what it wrote; does nothing when it has ended. The outermost one commits."""
        if self.is_open:
            self._end(self, True)

    def rollback(self) -> None:
        """Undo what it wrote; does nothing when it has ended."""
        if self.is_open:
            self._end(self, False)
