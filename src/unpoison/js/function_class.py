"""The class Function: call, apply and bind. ECMA-262 20.2.3."""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.classes import ClassSpec, Method, register
from unpoison.js.constructors import construct, has_instance, is_constructor
from unpoison.js.exceptions import EvalError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.families import FUNCTION_TYPES
from unpoison.js.function_text import function_length, function_name, function_text
from unpoison.js.functions import JsFunction, invoke
from unpoison.js.object_class import OBJECT
from unpoison.js.property import get
from unpoison.js.shown import shown
from unpoison.js.values import Symbol, is_function, is_nullish, is_reference, typeof

MAX_ARGUMENTS: Final = 1 << 16
"""Arguments that `apply` may pass; engines refuse about as many."""


class BoundFunction(JsFunction):
    """What `bind` gives. ECMA-262 10.4.1."""

    __slots__ = ("_first", "_target", "_this")

    def __init__(self, target: Any, this: object, first: tuple[object, ...]) -> None:
        length = max(0, function_length(target) - len(first))
        super().__init__(f"bound {function_name(target)}", length)
        self._target, self._this, self._first = target, this, first

    @property
    def bound_target(self) -> Any:
        """The function that is called."""
        return self._target

    @property
    def constructs(self) -> bool:
        """Whether `new` can be used with it."""
        return is_constructor(self._target)

    def call_on(self, this: object, *arguments: object) -> Any:
        """Call the target with the bound `this` and the bound arguments first."""
        return invoke(self._target, self._this, *self._first, *arguments)

    def construct(self, *arguments: object) -> Any:
        """Do `new` on the target."""
        return construct(self._target, *self._first, *arguments)


def arguments_of(value: object) -> list[Any]:
    """Be CreateListFromArrayLike. Raises js.TypeError for a primitive or too many. 7.3.19."""
    if isinstance(value, list | tuple):
        return list(value)
    if not is_reference(value):
        raise TypeError("CreateListFromArrayLike called on non-object")
    length = get(value, "length")
    count = int(length) if isinstance(length, int | float) and length > 0 else 0
    if count > MAX_ARGUMENTS:
        raise TypeError(f"more than {MAX_ARGUMENTS} arguments")
    return [get(value, index) for index in range(count)]


def called_function(this: object, name: str) -> Any:
    """Give a function that `call` or `apply` is for. Raises js.TypeError for anything else."""
    if not is_function(this):
        kind = typeof(this)
        article = "an" if kind[0] in "aeiou" else "a"
        raise TypeError(
            f"Function.prototype.{name} was called on {shown(this)}, "
            f"which is {article} {kind} and not a function"
        )
    return this


def _call(this: object, receiver: object = None, *arguments: object) -> Any:
    return invoke(called_function(this, "call"), receiver, *arguments)


def _apply(this: object, receiver: object, arguments: object) -> Any:
    function = called_function(this, "apply")
    given = [] if is_nullish(arguments) else arguments_of(arguments)
    return invoke(function, receiver, *given)


def _bind(this: object, receiver: object = None, *first: object) -> BoundFunction:
    if not is_function(this):
        raise TypeError("Bind must be called on a function")
    return BoundFunction(this, receiver, first)


def _to_string(this: object) -> str:
    if not is_function(this):
        raise TypeError("Function.prototype.toString requires that 'this' be a Function")
    return function_text(this)


def _has_instance(this: object, value: object) -> bool:
    return is_function(this) and has_instance(this, value)


def _refuse_text(realm: Any, *texts: object) -> Any:
    raise EvalError("Function from text is not supported: there is no JavaScript engine")


FUNCTION: Final = ClassSpec(
    "Function",
    OBJECT,
    methods={
        "apply": _apply,
        "bind": Method("bind", _bind, 1),
        "call": Method("call", _call, 1),
        "toString": _to_string,
        Symbol.has_instance: _has_instance,
    },
    constants={"name": "", "length": 0},
    call=_refuse_text,
    construct=_refuse_text,
    length=1,
    tag="Function",
    instance_names=("length", "name"),
)
register(FUNCTION, *FUNCTION_TYPES, Method, JsFunction)
