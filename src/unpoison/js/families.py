"""What each family of Python objects is to a guest: its own properties.

The table `FAMILIES` has one row per family, the first that fits counts. A family's own
properties come first (a list's `length`, a function's `name`), then public attributes; see
`attributes.py` for what public means. What a value inherits is in its class (`classes.py`).
Nothing else of an object can be reached.
"""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from unpoison.js.attributes import (
    MISSING,
    OPAQUE_TYPES,
    own_attributes,
    read_attribute,
    remove_attribute,
    write_attribute,
)
from unpoison.js.classes import Method, Property, PropertyKey, spec_of
from unpoison.js.exceptions import Error, error_cause, error_message, error_name, error_stack
from unpoison.js.exotic import Exotic
from unpoison.js.function_text import function_length, function_name
from unpoison.js.functions import JsFunction
from unpoison.js.host_buffers import HostBuffer, exotic_of
from unpoison.js.host_objects import HostObject
from unpoison.js.keys import array_index, is_numeric, ordered_keys
from unpoison.js.members import JsObject
from unpoison.js.objects import Array, Object
from unpoison.js.own import (
    all_keys,
    define_own,
    describe_own,
    own_keys_for,
    read_own,
    remove_own,
    write_element,
    write_own,
)
from unpoison.js.utf16 import split_surrogates, unit_length
from unpoison.js.values import BigInt, JsNull, Symbol


def _nothing(target: Any, key: PropertyKey) -> object:
    return MISSING


def _refuse(target: Any, key: PropertyKey, value: object) -> bool:
    return False


def _keep(target: Any, key: PropertyKey) -> bool:
    return False


def _no_keys(target: Any) -> Iterable[PropertyKey]:
    return ()


@dataclass(frozen=True, slots=True)
class Family:
    """How the own properties of one family are read (a Property for an accessor, MISSING for
    none), written, removed (False when refused) and listed (enumerable keys in JavaScript's
    order). `describe`, `define` and `all_keys` are None where they follow from these."""

    types: tuple[type, ...]
    read: Callable[[Any, PropertyKey], object] = _nothing
    write: Callable[[Any, PropertyKey, object], bool] = _refuse
    remove: Callable[[Any, PropertyKey], bool] = _keep
    keys: Callable[[Any], Iterable[PropertyKey]] = _no_keys
    describe: Callable[[Any, PropertyKey], Property | None] | None = None
    define: Callable[[Any, PropertyKey, Property], bool] | None = None
    all_keys: Callable[[Any], Iterable[PropertyKey]] | None = None


def family_of(value: object) -> Family:
    """Give the row of the table that fits a value."""
    kind = type(value)
    known = _EXACT.get(kind)
    if known is not None:
        return known
    if _IS_HOST in kind.__dict__:
        return _HOST_FAMILY
    for family in FAMILIES:
        if isinstance(value, family.types):
            if family is _HOST_FAMILY:
                setattr(kind, _IS_HOST, True)
            return family
    raise AssertionError("the last row fits everything")


def _read_exotic(target: Exotic, key: PropertyKey) -> object:
    return target.js_read(key)


def _write_exotic(target: Exotic, key: PropertyKey, value: object) -> bool:
    return target.js_write(key, value)


def _remove_exotic(target: Exotic, key: PropertyKey) -> bool:
    return target.js_remove(key)


def _exotic_keys(target: Exotic) -> Iterable[PropertyKey]:
    return [key for key in target.js_keys() if _is_shown(target.js_describe(key))]


def _is_shown(found: Property | None) -> bool:
    return found is not None and found.enumerable


def _describe_exotic(target: Exotic, key: PropertyKey) -> Property | None:
    return target.js_describe(key)


def _define_exotic(target: Exotic, key: PropertyKey, new: Property) -> bool:
    return target.js_define(key, new)


def _all_exotic_keys(target: Exotic) -> Iterable[PropertyKey]:
    return target.js_keys()


def _read_string(text: str, key: PropertyKey) -> object:
    if key == "length":
        return unit_length(text)
    index = array_index(key)
    if index is None:
        return MISSING
    units = split_surrogates(text)
    return units[index] if index < len(units) else MISSING


def _describe_string(text: str, key: PropertyKey) -> Property | None:
    found = _read_string(text, key)
    if found is MISSING:
        return None
    return Property(found, writable=False, enumerable=key != "length", configurable=False)


def _string_keys(text: str) -> Iterable[PropertyKey]:
    return map(str, range(unit_length(text)))


ERROR_MEMBERS: Final[Mapping[str, Callable[[BaseException], object]]] = {
    "name": error_name,
    "message": error_message,
    "cause": error_cause,
    "stack": error_stack,
}
ERROR_TEXTS: Final = frozenset({"name", "message", "stack"})


def _read_error(error: BaseException, key: PropertyKey) -> object:
    member = ERROR_MEMBERS.get(key) if isinstance(key, str) else None
    if member is None:
        return read_attribute(error, key)
    value = member(error)
    if value is None or (key == "message" and not value):
        return MISSING  # there is no cause, or the message is that of the class
    return MISSING if key == "name" and value == spec_of(error).name else value


def _write_error(error: BaseException, key: PropertyKey, value: object) -> bool:
    if key not in ERROR_MEMBERS:
        return write_attribute(error, key, value)
    if not isinstance(error, Error) or (key in ERROR_TEXTS and not isinstance(value, str)):
        return False
    return write_attribute(error, key, value)


def _error_keys(error: BaseException) -> Iterable[PropertyKey]:
    return (name for name in own_attributes(error) if name not in ERROR_MEMBERS)


def _all_error_keys(error: BaseException) -> Iterable[PropertyKey]:
    shown = [name for name in ERROR_MEMBERS if _read_error(error, name) is not MISSING]
    return [*shown, *_error_keys(error)]


FUNCTION_OWN: Final[Mapping[str, Callable[[Any], object]]] = {
    "name": function_name,
    "length": function_length,
}


def _read_function(function: Any, key: PropertyKey) -> object:
    if isinstance(function, HostObject):  # a class whose statics have other names in Python
        found = type(function).js_read(function, key)
        if found is not MISSING:
            return found
    member = FUNCTION_OWN.get(key) if isinstance(key, str) else None
    return read_attribute(function, key) if member is None else member(function)


def _read_method(method: Method, key: PropertyKey) -> object:
    member = FUNCTION_OWN.get(key) if isinstance(key, str) else None
    return MISSING if member is None else member(method)


def _read_own_function(function: JsFunction, key: PropertyKey) -> object:
    found = read_own(function, key)
    return _read_method(function, key) if found is MISSING else found  # type: ignore[arg-type]


def _describe_function(function: Any, key: PropertyKey) -> Property | None:
    value = _read_function(function, key)
    if value is MISSING:
        return None
    if isinstance(value, Property):
        return value
    is_own = key in FUNCTION_OWN
    return Property(value, writable=not is_own, enumerable=not is_own)


def _function_keys(function: Any) -> Iterable[PropertyKey]:
    return ("length", "name", *own_attributes(function))


def _describe_method(method: Method, key: PropertyKey) -> Property | None:
    value = _read_method(method, key)
    return None if value is MISSING else Property(value, writable=False)


def _describe_own_function(function: JsFunction, key: PropertyKey) -> Property | None:
    return describe_own(function, key) or _describe_method(function, key)  # type: ignore[arg-type]


def _write_own_function(function: JsFunction, key: PropertyKey, value: object) -> bool:
    if key in FUNCTION_OWN and read_own(function, key) is MISSING:
        return False
    return write_own(function, key, value)


def _own_function_keys(function: JsFunction) -> Iterable[PropertyKey]:
    return dict.fromkeys(("length", "name", *all_keys(function)))


def _write_function(function: Any, key: PropertyKey, value: object) -> bool:
    if isinstance(function, HostObject):
        return type(function).js_write(function, key, value)
    return key not in FUNCTION_OWN and write_attribute(function, key, value)


def _read_host_object(target: HostObject, key: PropertyKey) -> object:
    return target.js_read(key)


def _write_host_object(target: HostObject, key: PropertyKey, value: object) -> bool:
    return target.js_write(key, value)


def _read_object(target: Any, key: PropertyKey) -> object:
    found = read_attribute(target, key)
    if found is MISSING and callable(target):
        return _read_method(target, key)
    return found


def _read_sequence(items: Any, key: PropertyKey) -> object:
    if key == "length":
        return len(items)
    index = array_index(key)
    if index is None:
        return read_attribute(items, key)
    return items[index] if index < len(items) else MISSING


def _indices(items: Any) -> Iterable[PropertyKey]:
    return map(str, range(len(items)))


def _read_buffer(buffer: Any, key: PropertyKey) -> object:
    return exotic_of(buffer).js_read(key)


def _write_buffer(buffer: Any, key: PropertyKey, value: object) -> bool:
    # A host's buffer has elements only, no place for other properties.
    return is_numeric(key) and exotic_of(buffer).js_write(key, value)


def _remove_buffer(buffer: Any, key: PropertyKey) -> bool:
    return exotic_of(buffer).js_remove(key)


def _buffer_keys(buffer: Any) -> Iterable[PropertyKey]:
    return exotic_of(buffer).js_keys()


def _item_key(items: Mapping[Any, object], key: PropertyKey) -> object:
    """Give the key under which a mapping has a property: `{1: x}` has the property "1"."""
    if key in items:
        return key
    index = array_index(key)
    return index if index is not None and index in items else MISSING


def _read_mapping(items: Mapping[Any, object], key: PropertyKey) -> object:
    found = _item_key(items, key)
    return read_attribute(items, key) if found is MISSING else items[found]


def _write_mapping(items: Mapping[Any, object], key: PropertyKey, value: object) -> bool:
    if not isinstance(items, MutableMapping):
        return False
    found = _item_key(items, key)
    items[key if found is MISSING else found] = value
    return True


def _remove_mapping(items: Mapping[Any, object], key: PropertyKey) -> bool:
    if not isinstance(items, MutableMapping):
        return False
    found = _item_key(items, key)
    if found is not MISSING:
        del items[found]
    return True


def _mapping_keys(items: Mapping[Any, object]) -> Iterable[PropertyKey]:
    return ordered_keys(str(key) if type(key) is int else key for key in items)


def _read_pattern(pattern: re.Pattern[Any], key: PropertyKey) -> object:
    """Give the only own property of a regular expression; the rest is in its class."""
    return 0 if key == "lastIndex" else MISSING


FUNCTION_TYPES: Final = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    functools.partial,
    functools._lru_cache_wrapper,
    type,
)

_HOST_FAMILY: Final = Family(
    (HostObject,), _read_host_object, _write_host_object, remove_attribute, own_attributes
)

_IS_HOST: Final = "_js_is_host"
"""What a type has of which a value was found to be of that row: not inherited, for a type below may
be of an earlier one. Each instance of a module makes types of its own."""

FAMILIES: Final = (
    Family(
        (Exotic,),
        _read_exotic,
        _write_exotic,
        _remove_exotic,
        _exotic_keys,
        _describe_exotic,
        _define_exotic,
        _all_exotic_keys,
    ),
    Family(
        (JsFunction,),
        _read_own_function,
        _write_own_function,
        remove_own,
        own_keys_for,
        _describe_own_function,
        define_own,
        _own_function_keys,
    ),
    Family(
        (JsObject, Object, Array),
        read_own,
        write_own,
        remove_own,
        own_keys_for,
        describe_own,
        define_own,
        all_keys,
    ),
    Family((str,), _read_string, keys=_string_keys, describe=_describe_string),
    Family((Symbol,)),
    Family((int, float, BigInt, JsNull, types.NoneType)),
    Family((re.Pattern,), _read_pattern),
    Family(
        (BaseException,),
        _read_error,
        _write_error,
        remove_attribute,
        _error_keys,
        all_keys=_all_error_keys,
    ),
    Family(OPAQUE_TYPES),
    Family(
        (Method,),
        _read_method,
        describe=_describe_method,
        all_keys=lambda method: ("length", "name"),
    ),
    Family(
        FUNCTION_TYPES,
        _read_function,
        _write_function,
        remove_attribute,
        own_attributes,
        _describe_function,
        all_keys=_function_keys,
    ),
    Family((list,), _read_sequence, write_element, keys=_indices),
    Family((tuple,), _read_sequence, keys=_indices),
    Family((Mapping,), _read_mapping, _write_mapping, _remove_mapping, _mapping_keys),
    Family((HostBuffer,), _read_buffer, _write_buffer, _remove_buffer, _buffer_keys),
    _HOST_FAMILY,
    Family((object,), _read_object, write_attribute, remove_attribute, own_attributes),
)

_EXACT: Final[dict[type, Family]] = {
    kind: next(family for family in FAMILIES if issubclass(kind, family.types))
    for kind in (Object, Array, dict, list, str, types.FunctionType, types.MethodType)
}
"""The rows of the commonest types."""
