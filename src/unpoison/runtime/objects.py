"""Rust structs as Python objects."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeVar

from unpoison import js
from unpoison.errors import StaleHandleError
from unpoison.runtime.journal import Key
from unpoison.runtime.js_names import PropertyKey, renamed
from unpoison.runtime.ports import Home, Keeper

if TYPE_CHECKING:
    from types import TracebackType


POINTER_NAME = "__wbg_ptr"
"""The property that wasm-bindgen's glue keeps an object's address in."""

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T", bound="Struct")


class StructType(js.HostObject, type):
    """The metaclass of Struct, and base of those that have the static properties of a class."""

    _renamed_statics: Mapping[PropertyKey, str]

    def js_read(cls, key: PropertyKey) -> object:
        """Give a static property to a guest, under the name that Rust gave it."""
        name = cls._renamed_statics.get(key)
        return js.MISSING if name is None else _member(cls, name)

    def js_write(cls, key: PropertyKey, value: object) -> bool:
        """Call a static setter for a guest; nothing else of a class can be set."""
        name = cls._renamed_statics.get(key, key)
        if not isinstance(getattr(type(cls), str(name), None), property):
            return False
        return js.set_attribute(cls, str(name), value)


def _member(target: object, name: str) -> object:
    """Give a member by its Python name, as a guest finds it."""
    found = getattr(type(target), name, None)
    if isinstance(found, property):
        return js.accessor_of(found, name, type(target))
    return getattr(target, name)


class Lineage(tuple[tuple[int, int, str], ...]):
    """What a class has for each ancestor, see Struct."""

    __slots__ = ()


class Struct(js.HostObject, metaclass=StructType):
    """Base of the classes that a module exports.

    An object owns its Rust value until it is freed, moved into Rust or collected; each of these
    happens at most once. `with` frees it at the end of the block.

    One whose Rust struct extends another, or is extended, has a pointer for its own class and for
    each ancestor: `_own` names the attribute of the first, and `_ancestors` has, from the parent
    on, (entry that gives the pointer from the one before, entry that frees it, its attribute).

    `_renamed` has the members that a guest does not find under their Python names,
    `_renamed_statics` those of the class.
    """

    __slots__ = ("__weakref__", "_abandoned", "_home", "_ptr")

    _free: ClassVar[int | None] = None
    _own: ClassVar[str] = "_ptr"
    _ancestors: ClassVar[Lineage] = Lineage()
    _renamed: ClassVar[Mapping[PropertyKey, str]] = renamed({})
    _renamed_statics: ClassVar[Mapping[PropertyKey, str]] = renamed({})
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

    def js_read(self, key: PropertyKey) -> object:
        """Give a property to a guest: `__wbg_ptr` is its own address of the Rust value.

        Crates read it to get at the Rust value of a JsValue, as they may in wasm-bindgen's glue,
        which makes every `Symbol.dispose` the same as `free`.
        """
        if key == POINTER_NAME:
            home = self._home
            return self._ptr if home is not None and home.alive else js.MISSING
        if key == "constructor":
            return type(self)
        name = "free" if key is js.Symbol.dispose else self._renamed.get(key)
        return super().js_read(key) if name is None else _member(self, name)

    def js_write(self, key: PropertyKey, value: object) -> bool:
        """Call a setter for a guest, under the name that Rust gave it."""
        name = self._renamed.get(key)
        if name is None:
            return super().js_write(key, value)
        return js.set_attribute(self, name, value)

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
            self._drop_ancestors(home)
            self._runtime.note_drop()

    def _drop_ancestors(self, home: Home) -> None:
        """Queue the drops of what the object holds of its ancestors."""
        for _, free, attribute in self._ancestors:
            home.drops.append((free, getattr(self, attribute), 1))

    def _move(self) -> None:
        """Mark as moved into Rust, which shares the ancestors with nobody from now on."""
        home, self._home = self._home, None
        if home is None:
            return
        if home.journal is not None:
            home.journal.changed(self, partial(setattr, self, "_home", home))
        if self._ancestors:
            self._drop_ancestors(home)
            self._runtime.note_drop()

    def _keys(self) -> list[Key]:
        """Give what tells the Rust values that it owns from others."""
        keys = [(free, getattr(self, attribute)) for _, free, attribute in self._ancestors]
        return keys if self._free is None else [(self._free, self._ptr), *keys]

    def _forget(self) -> None:
        """Own nothing any more: what it owned was never made."""
        self._home = None

    def _is_empty(self) -> bool:
        """Tell whether it owns nothing any more."""
        return self._home is None

    def __repr__(self) -> str:
        home = getattr(self, "_home", None)
        state = "freed or moved" if home is None else f"at {self._ptr:#x}"
        if home is not None and not home.alive:
            state = "stale"
        return f"<{type(self).__name__} {state}>"


class Inspectable(Struct):
    """Base of structs with `#[wasm_bindgen(inspectable)]`, which show their readable properties."""

    __slots__ = ()

    _fields: ClassVar[tuple[tuple[str, str], ...]] = ()

    def toJSON(self) -> dict[str, object]:  # noqa: N802 - JavaScript's name
        """Give every readable property with its value now."""
        return {name: getattr(self, python) for name, python in self._fields}

    def toString(self) -> str:  # noqa: N802 - JavaScript's name
        """Give `JSON.stringify(this)`."""
        return js.json_stringify(self.toJSON()) or ""

    def __repr__(self) -> str:
        home = self._home
        if home is None or not home.alive:
            return super().__repr__()
        names = [python for _, python in self._fields]
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__name__}({fields})"


def iterate(value: Struct) -> Iterator[Any]:
    """Be the `__iter__` of a class with a `[Symbol.iterator]`."""
    return js.iterate(value)


def iterate_async(value: Struct) -> AsyncIterator[Any]:
    """Be the `__aiter__` of a class with a `[Symbol.asyncIterator]`."""
    return js.iterate_async(value)


async def enter_async(value: T) -> T:
    """Be the `__aenter__` of a class with a `[Symbol.asyncDispose]`."""
    return value


async def exit_async(value: Struct, *_: object) -> None:
    """Be the `__aexit__` of such a class, as at the end of an `await using`."""
    disposed = js.call_method(value, js.Symbol.async_dispose)
    if hasattr(disposed, "__await__"):
        await disposed


class _ThisFunction(js.ThisFunction):
    """An exported function whose first parameter is `this`: Python gives it like any other."""

    __slots__ = ("__wrapped__",)

    def __init__(self, call: Callable[..., Any]) -> None:
        super().__init__(call)
        self.__wrapped__ = call

    def __call__(self, *arguments: object) -> Any:
        return self._call(*arguments)


def takes_this(function: F) -> F:
    """Make an exported function that gets the receiver when the guest calls it as a method."""
    return _ThisFunction(function)  # type: ignore[return-value]  # it is called in the same way


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
        for name in vars(type(self)):
            if name not in _BASIC:
                self.__dict__[name] = getattr(type(self), name)
        for name, path in self._namespaces:
            _place(self, path, self.__dict__.pop(name))

    def __repr__(self) -> str:
        return f"<exports: {', '.join(sorted(self.__dict__))}>"


_BASIC: Final = frozenset(dir(Exports))
"""What is no export."""


def _place(parent: Exports | Namespace, path: tuple[str, ...], value: object) -> None:
    for name in path[:-1]:
        parent = parent.__dict__.setdefault(name, Namespace())
    parent.__dict__[path[-1]] = value
