"""One place of a guest's code that uses a member by its name: what `Realm.get`, `set` and
`call_method` do, without their search where an object of ours inherits the member from its class.

Our classes know which names are special (`JsObject._js_special`) and which class it is
(`Reference._js_spec`), whose members never change. A site keeps the member for the first Python
class that came by, which is nearly always the only one: an inline cache. It is passed by for an
object with attributes or with such a property of its own. What a guest has given to a prototype
is searched for at every use.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from unpoison.js.classes import ClassSpec, Method, Property, RealmMethod, spec_of
from unpoison.js.functions import JsFunction, invoke
from unpoison.js.members import JsObject
from unpoison.js.objects import Object

if TYPE_CHECKING:
    from unpoison.js.realm import Realm


_NO_VALUES = (Property, ClassSpec, RealmMethod)
"""What an object may have in place of a value: it has to be asked for that."""

_CALLED = (JsFunction, FunctionType, MethodType)


def _inherited(target: JsObject, name: str) -> Property | None:
    """Give the member of its class that an object has, None where a search must tell."""
    special = target._js_special
    if special is None or name in special or name in target._js_own:
        return None
    if target._js_attributes is not None or target._js_spec is None:
        return None
    found: Property | None = target._js_spec.members.get(name)
    return found


def _unread(*_: object) -> Any:
    raise AssertionError("a site without a class was used")


def _method(spec: ClassSpec, name: str) -> Method | None:
    """Give a method of a class that is the same for every guest."""
    member = spec.members.get(name)
    method = None if member is None else member.value
    is_shared = isinstance(method, Method) and not isinstance(method, RealmMethod)
    return method if is_shared else None


def _is_bare(target: object) -> bool:
    """Tell whether it is a function or method of the host with no property but name and length."""
    function = target.__func__ if type(target) is MethodType else target
    return type(function) is FunctionType and not function.__dict__


def _is_free(target: Object, name: str) -> bool:
    """Tell whether nothing but its own dict has to do with a property."""
    return target._js_attributes is None and name not in target._js_spec.members


def make_getter(realm: Realm, name: str) -> Callable[[object], Any]:
    """Give what reads a property of an object, as `Realm.get` does."""
    search, changed = realm.get, realm.changed
    if not name.isidentifier():
        return lambda target: search(target, name)

    kind: Any = None
    read: Callable[[Any], Any] = _unread

    def get(target: Any) -> Any:
        nonlocal kind, read
        if (
            type(target) is kind
            and target._js_attributes is None
            and name not in target._js_own
            and name not in changed
        ):
            return read(target)
        if type(target) is Object and target._js_attributes is None:
            found = dict.get(target, name)
            if found is not None and not isinstance(found, _NO_VALUES):
                return found
        elif isinstance(target, JsObject) and name not in changed:
            member = _inherited(target, name)
            if member is not None and member.get is not None:
                if kind is None:
                    # The class last: an interrupt may come in between.
                    read = member.get.directly()[0]
                    kind = type(target)
                return member.get.call_on(target)
        return search(target, name)

    return get


def make_setter(realm: Realm, name: str) -> Callable[[object, object], None]:
    """Give what sets a property of an object, as `Realm.set` does."""
    search, changed = realm.set, realm.changed
    if not name.isidentifier():
        return lambda target, value: search(target, name, value)

    def set_(target: object, value: object) -> None:
        if isinstance(target, JsObject) and name not in changed:
            member = _inherited(target, name)
            if member is not None and member.set is not None:
                member.set.call_on(target, value)
                return
        if type(target) is Object and name not in changed and _is_free(target, name):
            target[name] = value
            return
        search(target, name, value)

    return set_


def make_caller(realm: Realm, name: str) -> Callable[..., Any]:
    """Give what calls a method of an object, as `Realm.call_method` does."""
    search, changed, added = realm.call_method, realm.changed, realm.additions.kept
    if not name.isidentifier():
        return lambda target, *arguments: search(target, name, *arguments)
    of_function = None if name in ("name", "length") else _method(spec_of(make_caller), name)

    kind: Any = None
    run: Callable[..., Any] = _unread
    least = most = 0

    def call(target: Any, *arguments: object) -> Any:
        nonlocal kind, run, least, most
        if (
            type(target) is kind
            and target._js_attributes is None
            and name not in target._js_own
            and name not in changed
            and least <= len(arguments) <= most
        ):
            return run(target, *arguments)
        if isinstance(target, JsObject) and name not in changed:
            member = _inherited(target, name)
            method = None if member is None else member.value
            if isinstance(method, Method) and not isinstance(method, RealmMethod):
                made = method.call_on(target, *arguments)
                if kind is None:
                    # It took a `this` of this class; the class last, as above.
                    run, (least, most) = method.directly()
                    kind = type(target)
                return made
        elif isinstance(target, Object) and target._js_attributes is None and not added:
            found = dict.get(target, name)  # of the global object's names, mostly
            if isinstance(found, _CALLED):
                return invoke(found, target, *arguments)
        elif of_function is not None and _is_bare(target) and not (added or name in changed):
            return of_function.call_on(target, *arguments)
        return search(target, name, *arguments)

    if name != "call":
        return call

    # Rust calls a callback of the host, and what resolves a promise (a bound method), by
    # Function.prototype.call.
    def call_function(target: Any, *arguments: object) -> Any:
        if _is_bare(target) and not (added or name in changed):
            return invoke(target, *arguments) if arguments else invoke(target, None)
        return call(target, *arguments)

    return call_function
