"""Rust closures that Python holds, as callables."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial

from unpoison import js
from unpoison.engine import compile_call
from unpoison.errors import BorrowError, StaleHandleError
from unpoison.runtime.ports import Home, Keeper


class Ownership(Enum):
    """Who drops the closure."""

    OWNED = "owned"  # the host, when the last count goes
    BORROWED = "borrowed"  # Rust
    IMMEDIATE = "immediate"  # Rust, when the import that it was passed to returns


_OWNED = Ownership.OWNED  # a member is slow to get at


class RustFunction(js.JsFunction):
    """A Rust closure: call it like a function, with positional arguments.

    `length` is the number of parameters, as `Function.length`. Properties can be set on it, as on
    any function.

    Source of the counting: contract facts 3.6; `wasm-bindgen-cli-support` makeClosure.
    """

    __slots__ = (
        "_a",
        "_b",
        "_border",
        "_count",
        "_home",
        "_invoke",
        "_mutable",
        "_ownership",
        "_running",
    )  # fmt: skip

    def __init__(
        self,
        border: Keeper,
        invoke: tuple[Callable[..., object], int, bool],
        a: int,
        b: int,
        ownership: Ownership,
        home: Home,
    ) -> None:
        # As JsFunction's, without calls: a stream makes two for each chunk.
        self._js_own = {}
        self._js_attributes = None
        self.__name__ = ""
        self._invoke, self.length, self._mutable = invoke
        self._border = border
        self._home = home
        self._ownership = ownership
        self._count = 1
        self._running = False
        self._b = b
        self._a = a
        if home.journal is not None:
            number = border.destroy_closure_number
            keys = () if number is None else ((number, a),)
            home.journal.made(self, keys)

    def __call__(self, *arguments: object) -> object:
        """Call the closure.

        Raises StaleHandleError when it was dropped or its generation is gone, BorrowError when
        an FnMut closure is called while it runs, PanicError, and what its arguments raise.
        """
        if len(arguments) != self.length:
            # As for any JavaScript function: what is missing is undefined, what is more is dropped.
            arguments = (*arguments, *[None] * self.length)[: self.length]
        return self._invoke(self, *arguments)

    def call_on(self, this: object, *arguments: object) -> object:
        """Call the closure, which has no `this`."""
        return self(*arguments)

    def _begin(self) -> int:
        """Give the data pointer for one call. Called after the guard of the entry."""
        if self._home is not self._border.home:
            raise StaleHandleError("this closure belongs to an earlier generation of its instance")
        if not self._a:
            raise StaleHandleError("closure invoked after being dropped")
        if self._mutable:
            if self._running:
                raise BorrowError("closure invoked recursively")
            self._running = True
        self._count += 1
        return self._a

    def _end(self) -> None:
        self._running = False
        self._unref()

    def _unref(self) -> None:
        """Take one count away; the last one destroys an owned closure."""
        self._count -= 1
        if self._count:
            return
        a, self._a = self._a, 0
        if self._home.journal is not None:
            self._note(a)
        if a and self._ownership is _OWNED and self._home.alive:
            self._border.destroy_closure(a, self._b)

    def _release(self) -> None:
        """Take Rust's own count away."""
        if self._home.journal is not None:
            self._home.journal.changed(self, self._add_count)
        self._unref()

    def _add_count(self) -> None:
        self._count += 1

    def _drop(self) -> None:
        """Forget the closure's data: Rust drops it itself."""
        a, self._a = self._a, 0
        if self._home.journal is not None:
            self._note(a)

    def _note(self, a: int) -> None:
        """Note that there was data, so that it can be there again."""
        journal = self._home.journal
        assert journal is not None
        journal.changed(self, partial(setattr, self, "_a", a))

    def _forget(self) -> None:
        """Have no data any more: it was never made."""
        self._a = 0

    def _is_empty(self) -> bool:
        """Tell whether the data is gone."""
        return not self._a

    def __del__(self) -> None:
        try:
            a = self._a
        except AttributeError:
            return  # an interrupt has left it half made; `_a` is set last
        if a and self._ownership is _OWNED and self._home.alive:
            number = self._border.destroy_closure_number
            if number is not None:
                self._home.drops.append((number, a, self._b))
                self._border.note_drop()

    def __repr__(self) -> str:
        return "<Rust closure>" if self._a else "<Rust closure, dropped>"


compile_call(RustFunction)
