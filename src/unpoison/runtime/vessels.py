"""Where the generations of one instance get their vessel: the one of before, or a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from unpoison.runtime.generation import Program, Vessel

Call = Callable[[], object]


class Vessels:
    """Keeps the vessel that a generation has left, for the next one.

    `calls` are the callers of the instance by entry number, `resolvers` what stands there for an
    entry that has none; `make` makes a new vessel.
    """

    def __init__(
        self,
        program: Program,
        calls: list[Call],
        resolvers: Sequence[Call],
        make: Callable[[], Vessel],
    ) -> None:
        self._program = program
        self._calls = calls
        self._resolvers = resolvers
        self._make = make
        self._resting: Vessel | None = None

    def give(self) -> Vessel:
        """Give a vessel in which nothing has run yet. Call `given` when it is in use.

        The first time in a program the memory of the one that rests is compared with that of a
        new one, which is given then. Raises what the making of one raises.
        """
        vessel, reuse = self._resting, self._program.reuse
        if vessel is None or vessel.store.closed:  # an interrupt may have left a closed one here
            return self._new()
        if reuse.holds and vessel.begin_anew():
            self._calls[:] = vessel.callers
            return vessel
        self._resting = None  # all borders look into the new one from here on, interrupted or not
        new = self._new()
        if reuse.holds is None:
            reuse.holds = vessel.is_as_new(new)
        vessel.store.close()
        return new

    def given(self) -> None:
        """Forget the one that rested: it is in use."""
        self._resting = None

    def _new(self) -> Vessel:
        vessel = self._make()
        self._calls[:] = self._resolvers
        return vessel

    def take_back(self, vessel: Vessel, *, is_due: bool) -> None:
        """Take a vessel that a generation has left, empty it and keep it, or free it.

        `is_due` says that another generation is wanted for sure.
        """
        vessel.callers = self._calls[:]
        self._calls[:] = self._resolvers  # no caller of a store that is gone
        if self._can_rest(vessel, is_due=is_due):
            self._resting = vessel
        else:
            vessel.store.close()

    def _can_rest(self, vessel: Vessel, *, is_due: bool) -> bool:
        holds, store = self._program.reuse.holds, vessel.store
        if store.closed or store.has_deadline or not self._program.plan.begins_anew:
            return False
        return (holds or (holds is None and is_due)) and vessel.memory.drop_pages()

    def close(self) -> None:
        """Free the one that rests."""
        vessel, self._resting = self._resting, None
        if vessel is not None:
            vessel.store.close()
