"""Rust structs as Python objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from unpoison.errors import StaleHandleError
from unpoison.runtime.ports import Home, Keeper

if TYPE_CHECKING:
    from types import TracebackType


class Struct:
    """Base of the classes that a module exports.

    An object owns its Rust value until it is freed, moved into Rust or collected; each of these
    happens at most once. `with` frees it at the end of the block.
    """

    __slots__ = ("__weakref__", "_abandoned", "_home", "_ptr")

    _free: ClassVar[int | None] = None
    _runtime: ClassVar[Keeper]

    _ptr: int
    _home: Home | None
    _abandoned: BaseException | None

    def __new__(cls, *_: object, **__: object) -> Self:
        """Make an object without a Rust value; a subclass may forget to call our `__init__`."""
        value = super().__new__(cls)
        value._home = None
        return value

    def __init__(self, *_: object) -> None:
        raise TypeError(f"{type(self).__name__} has no constructor; Rust functions make it")

    def free(self) -> None:
        """Drop the Rust value now. Nothing happens when it is gone already.

        Raises BorrowError while Rust borrows it (it is dropped when the borrow ends), and
        AbortError when its destructor panics: that ends the instance.
        """
        self._runtime.free_object(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.free()

    def __del__(self) -> None:
        # Only noted here: a finaliser may run in any thread, and in the middle of a call.
        home = getattr(self, "_home", None)
        if home is not None and home.alive and self._free is not None:
            home.drops.append((self._free, self._ptr, 1))
            self._runtime.note_drop()

    def __repr__(self) -> str:
        home = getattr(self, "_home", None)
        state = "freed or moved" if home is None else f"at {self._ptr:#x}"
        if home is not None and not home.alive:
            state = "stale"
        return f"<{type(self).__name__} {state}>"


def stale_error(value: object) -> StaleHandleError:
    """Make the error for an object or closure that is freed, moved or of an old generation."""
    name = type(value).__name__ if isinstance(value, Struct) else "closure"
    if getattr(value, "_home", None) is None:
        return StaleHandleError(f"this {name} was freed or moved into Rust")
    return StaleHandleError(f"this {name} belongs to an earlier generation of its instance")


class Namespace:
    """A `js_namespace` of what a module exports."""

    def __repr__(self) -> str:
        return f"<namespace: {', '.join(sorted(self.__dict__))}>"


class Exports:
    """Base of what `instance.exports` is: the functions and classes under their names.

    `_namespaces` leads from the flat name of what is in a namespace to its place.
    """

    _namespaces: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()

    def __init__(self) -> None:
        # In the instance's own dict an attribute is found without descriptors or the MRO.
        for name in set(dir(type(self))).difference(dir(Exports)):
            self.__dict__[name] = getattr(type(self), name)
        for name, path in self._namespaces:
            _place(self, path, self.__dict__.pop(name))

    def __repr__(self) -> str:
        return f"<exports: {', '.join(sorted(self.__dict__))}>"


def _place(parent: Exports | Namespace, path: tuple[str, ...], value: object) -> None:
    for name in path[:-1]:
        parent = parent.__dict__.setdefault(name, Namespace())
    parent.__dict__[path[-1]] = value
