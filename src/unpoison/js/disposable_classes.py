"""The classes DisposableStack and AsyncDisposableStack. ECMA-262 draft 27.4, 27.5."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from unpoison.js.classes import ClassSpec, Method, register
from unpoison.js.exceptions import (
    ReferenceError,  # noqa: A004 - the names are JavaScript's
    SuppressedError,
    TypeError,  # noqa: A004
    as_exception,
    from_exception,
)
from unpoison.js.functions import invoke
from unpoison.js.members import JsObject
from unpoison.js.object_class import OBJECT
from unpoison.js.promise import Promise, PromiseRealm
from unpoison.js.property import get
from unpoison.js.refusals import refuse_call
from unpoison.js.shown import shown
from unpoison.js.steps import Steps, run_steps
from unpoison.js.values import Symbol, is_function, is_nullish, is_reference

Kind = TypeVar("Kind", bound="Stack")


class Resource(NamedTuple):
    """What is done at the end; `waits` when what it gives is awaited."""

    dispose: Callable[[], object]
    waits: bool = True


class Stack(JsObject):
    """What the two classes share: resources, disposed of in the opposite order."""

    __slots__ = ("disposed", "resources")

    def __init__(self) -> None:
        super().__init__()
        self.resources: list[Resource] = []
        self.disposed = False

    def take_all(self) -> list[Resource]:
        """Give the resources, the last one first; the stack is disposed then."""
        self.disposed = True
        taken, self.resources = self.resources, []
        return taken[::-1]


class DisposableStack(Stack):
    """A JavaScript DisposableStack; in Python, a context manager that disposes at the end."""

    __module__ = "unpoison.js"
    __slots__ = ()

    def __enter__(self) -> DisposableStack:
        return self

    def __exit__(self, *error: object) -> None:
        _dispose(self)


class AsyncDisposableStack(Stack):
    """A JavaScript AsyncDisposableStack."""

    __module__ = "unpoison.js"
    __slots__ = ("promises",)

    def __init__(self, promises: PromiseRealm) -> None:
        super().__init__()
        self.promises = promises


def _stack(this: object, kind: type[Stack], name: str) -> Any:
    if not isinstance(this, kind):
        raise TypeError(
            f"Method {kind.__name__}.prototype.{name} called on incompatible receiver {shown(this)}"
        )
    return this


def _open_stack(this: object, kind: type[Stack], name: str) -> Any:
    stack = _stack(this, kind, name)
    if stack.disposed:
        full = f"{kind.__name__}.prototype.{name}"
        raise ReferenceError(f"Cannot call {full} on an already-disposed DisposableStack")
    return stack


def _require_function(function: object) -> None:
    if not is_function(function):
        raise TypeError(f"{shown(function)} is not a function")


def _adopt(kind: type[Stack]) -> Callable[..., Any]:
    def adopt(this: object, value: object, on_dispose: object) -> object:
        stack = _open_stack(this, kind, "adopt")
        _require_function(on_dispose)
        stack.resources.append(Resource(lambda: invoke(on_dispose, None, value)))
        return value

    return adopt


def _defer(kind: type[Stack]) -> Callable[..., Any]:
    def defer(this: object, on_dispose: object) -> None:
        stack = _open_stack(this, kind, "defer")
        _require_function(on_dispose)
        stack.resources.append(Resource(lambda: invoke(on_dispose, None)))

    return defer


def _use(this: object, value: object) -> object:
    stack = _open_stack(this, DisposableStack, "use")
    if not is_nullish(value):
        method = _disposer(value, Symbol.dispose)
        if not is_function(method):
            raise TypeError(f"{Symbol.dispose!r} is not a function")
        stack.resources.append(Resource(partial(invoke, method, value)))
    return value


def _use_async(this: object, value: object) -> object:
    stack = _open_stack(this, AsyncDisposableStack, "use")
    if is_nullish(value):
        stack.resources.append(Resource(lambda: None))
        return value
    symbol = Symbol.async_dispose
    method = _disposer(value, symbol)
    if is_nullish(method):
        symbol = Symbol.dispose
        method = get(value, symbol)
    if not is_function(method):
        raise TypeError(f"{symbol!r} is not a function")
    waits = symbol is Symbol.async_dispose
    stack.resources.append(Resource(partial(invoke, method, value), waits))
    return value


def _disposer(value: object, symbol: Symbol) -> Any:
    if not is_reference(value):
        raise TypeError("An object is expected with `using` declarations")
    return get(value, symbol)


def _move(this: object) -> DisposableStack:
    return _moved(_open_stack(this, DisposableStack, "move"), DisposableStack())


def _move_async(this: object) -> AsyncDisposableStack:
    stack = _open_stack(this, AsyncDisposableStack, "move")
    return _moved(stack, AsyncDisposableStack(stack.promises))


def _moved(stack: Stack, made: Kind) -> Kind:
    made.resources = stack.take_all()[::-1]
    return made


class _Failure:
    """What disposing has thrown so far: a second error suppresses the first. 10.1.4."""

    def __init__(self) -> None:
        self._error: BaseException | None = None

    def add(self, error: BaseException) -> None:
        """Take another error."""
        if self._error is not None:
            error = SuppressedError(
                from_exception(error),
                from_exception(self._error),
                "An error was suppressed during disposal",
            )
        self._error = error

    def throw(self) -> None:
        """Raise what there is, if there is any."""
        if self._error is not None:
            raise as_exception(self._error)


def _dispose(this: object) -> None:
    stack = _stack(this, DisposableStack, "dispose")
    failure = _Failure()
    for resource in stack.take_all():
        try:
            resource.dispose()
        except Exception as error:  # noqa: BLE001 - it is thrown when all are disposed of
            failure.add(error)
    failure.throw()


def _dispose_async(this: object) -> Promise:
    stack = _stack(this, AsyncDisposableStack, "disposeAsync")
    return run_steps(stack.promises, _async_steps(stack))


def _async_steps(stack: AsyncDisposableStack) -> Steps:
    failure = _Failure()
    for resource in stack.take_all():
        try:
            given = resource.dispose()
            yield given if resource.waits else None
        except Exception as error:  # noqa: BLE001 - it is thrown when all are disposed of
            failure.add(error)
    failure.throw()


def _disposed(kind: type[Stack]) -> Callable[[object], bool]:
    return lambda this: _stack(this, kind, "disposed").disposed


_dispose_method = Method("dispose", _dispose)
_dispose_async_method = Method("disposeAsync", _dispose_async)
DISPOSABLE_STACK: Final = ClassSpec(
    "DisposableStack",
    OBJECT,
    methods={
        "adopt": _adopt(DisposableStack),
        "defer": _defer(DisposableStack),
        "dispose": _dispose_method,
        "move": _move,
        "use": _use,
        Symbol.dispose: _dispose_method,
    },
    getters={"disposed": _disposed(DisposableStack)},
    constants={Symbol.to_string_tag: "DisposableStack"},
    call=refuse_call("DisposableStack"),
    construct=lambda realm: DisposableStack(),
)
ASYNC_DISPOSABLE_STACK: Final = ClassSpec(
    "AsyncDisposableStack",
    OBJECT,
    methods={
        "adopt": _adopt(AsyncDisposableStack),
        "defer": _defer(AsyncDisposableStack),
        "disposeAsync": _dispose_async_method,
        "move": _move_async,
        "use": _use_async,
        Symbol.async_dispose: _dispose_async_method,
    },
    getters={"disposed": _disposed(AsyncDisposableStack)},
    constants={Symbol.to_string_tag: "AsyncDisposableStack"},
    call=refuse_call("AsyncDisposableStack"),
    construct=lambda realm: AsyncDisposableStack(realm.promises),
)
register(DISPOSABLE_STACK, DisposableStack)
register(ASYNC_DISPOSABLE_STACK, AsyncDisposableStack)
