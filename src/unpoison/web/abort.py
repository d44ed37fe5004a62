"""AbortController and AbortSignal. DOM standard 3.1, 3.2."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, Final

from unpoison import js
from unpoison.web.dom_exception import DOMException
from unpoison.web.event_target import EVENT_TARGET, EventTarget, Listener
from unpoison.web.host_access import host_of
from unpoison.web.idl import enforced_range, interface


class AbortSignal(EventTarget):
    """Says whether, and why, something should stop. Made by AbortController, or by its statics.

    With `cancels_fetch` False, a fetch whose request has this signal goes on when it is aborted.
    """

    __slots__ = ("_algorithms", "_dependents", "_keepers", "_sources", "aborted", "cancels_fetch",
                 "reason")  # fmt: skip

    def __init__(self, realm: js.Realm) -> None:
        super().__init__(realm)
        self.aborted = False
        self.cancels_fetch = True
        self.reason: object = None
        self._algorithms: dict[Callable[[], object], None] = {}
        self._sources: list[AbortSignal] = []
        # A signal that somebody waits for lives as long as its sources; others may be collected.
        self._dependents: list[weakref.ref[AbortSignal]] = []
        self._keepers: dict[int, AbortSignal] = {}

    @classmethod
    def aborted_with(cls, realm: js.Realm, reason: object = None) -> AbortSignal:
        """Give a signal that is aborted already: `AbortSignal.abort(reason)`."""
        signal = cls(realm)
        signal.aborted, signal.reason = True, _reason(reason)
        return signal

    @classmethod
    def timing_out(cls, realm: js.Realm, milliseconds: object) -> AbortSignal:
        """Give a signal that is aborted after a time: `AbortSignal.timeout(milliseconds)`."""
        delay = enforced_range(milliseconds, js.MAX_SAFE_INTEGER, "the timeout")
        signal = cls(realm)
        message = "The operation was aborted due to timeout"
        host_of(realm).call_later(
            delay / 1000, lambda: signal.abort(DOMException(message, "TimeoutError"))
        )
        return signal

    @classmethod
    def any_of(cls, realm: js.Realm, signals: object) -> AbortSignal:
        """Give a signal that is aborted when one of others is: `AbortSignal.any(signals)`."""
        sources = [_checked(each) for each in js.iterate(signals)]
        result = cls(realm)
        result.cancels_fetch = not sources or any(each.cancels_fetch for each in sources)
        for source in sources:
            if source.aborted:
                result.aborted, result.reason = True, source.reason
                return result
        for source in sources:
            for origin in source._sources or [source]:
                if origin not in result._sources:
                    result._sources.append(origin)
                    origin._depend(result)
        return result

    def _depend(self, signal: AbortSignal) -> None:
        self._dependents = [each for each in self._dependents if each() is not None]
        self._dependents.append(weakref.ref(signal))

    def throw_if_aborted(self) -> None:
        """Raise the reason when the signal is aborted."""
        if self.aborted:
            raise js.as_exception(self.reason)

    def add_algorithm(self, algorithm: Callable[[], object]) -> None:
        """Call an algorithm once when the signal is aborted; nothing when it is already."""
        if not self.aborted:
            self._algorithms[algorithm] = None
            self._keep()

    def remove_algorithm(self, algorithm: Callable[[], object]) -> None:
        """Forget an algorithm."""
        self._algorithms.pop(algorithm, None)
        self._keep()

    def abort(self, reason: object = None) -> None:
        """Be "signal abort": algorithms run, then `abort` is fired. 3.2."""
        if self.aborted:
            return
        self.aborted, self.reason = True, _reason(reason)
        dependents = [each for ref in self._dependents if (each := ref()) and not each.aborted]
        for each in dependents:
            each.aborted, each.reason = True, self.reason
        for each in (self, *dependents):
            each._run_steps()

    def _run_steps(self) -> None:
        algorithms, self._algorithms = list(self._algorithms), {}
        for algorithm in algorithms:
            algorithm()
        self.fire("abort")
        for source in self._sources:
            source._keepers.pop(id(self), None)

    def _keep(self) -> None:
        """Let the sources hold this signal exactly while somebody waits for it."""
        needed = not self.aborted and bool(self._algorithms or self._listeners)
        for source in self._sources:
            if needed:
                source._keepers[id(self)] = self
            else:
                source._keepers.pop(id(self), None)

    def _add(self, listener: Listener) -> None:
        super()._add(listener)
        self._keep()

    def _remove(self, listener: Listener) -> None:
        super()._remove(listener)
        self._keep()

    @property
    def onabort(self) -> object:
        """The event handler for `abort`; null for none."""
        return self.handler("abort")

    @onabort.setter
    def onabort(self, value: object) -> None:
        self.set_handler("abort", value)

    def __repr__(self) -> str:
        return f"<js AbortSignal, {'aborted' if self.aborted else 'not aborted'}>"


class AbortController(js.JsObject):
    """Aborts its `signal`."""

    __slots__ = ("signal",)

    def __init__(self, realm: js.Realm) -> None:
        super().__init__()
        self.signal = AbortSignal(realm)

    def abort(self, reason: object = None) -> None:
        """Abort the signal; without a reason it is a DOMException "AbortError"."""
        self.signal.abort(reason)


def _reason(reason: object) -> object:
    return DOMException("This operation was aborted", "AbortError") if reason is None else reason


def _checked(signal: Any) -> AbortSignal:
    if not isinstance(signal, AbortSignal):
        raise js.TypeError('The "signals" argument must be a sequence of AbortSignal')
    return signal


ABORT_SIGNAL: Final = interface(
    AbortSignal,
    EVENT_TARGET,
    operations=("throwIfAborted",),
    attributes=("aborted", "reason"),
    writable=("onabort",),
    statics={
        "abort": AbortSignal.aborted_with,
        "any": AbortSignal.any_of,
        "timeout": AbortSignal.timing_out,
    },
)
ABORT_CONTROLLER: Final = interface(
    AbortController,
    operations=("abort",),
    attributes=("signal",),
    construct=AbortController,
    length=0,
)
