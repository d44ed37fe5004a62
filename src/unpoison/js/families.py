"""What each family of Python objects is to a guest that reads and writes its properties.

The table `FAMILIES` has one row per family, the first that fits counts. A family's own
members come first (a list's `length`, a function's `name`), then public attributes; see
`attributes.py` for what public means. Nothing else of an object can be reached.
"""

from __future__ import annotations

import array
import functools
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
from unpoison.js.exceptions import (
    Error,
    error_cause,
    error_message,
    error_name,
    error_stack,
    error_text,
)
from unpoison.js.function_members import FUNCTION_MEMBERS
from unpoison.js.members import JsObject
from unpoison.js.utf16 import utf16_units
from unpoison.js.values import BigInt, JsNull, Symbol

PropertyKey = str | Symbol

MAX_ARRAY_INDEX: Final = 2**32 - 2  # ECMA-262 6.1.7
MAX_PADDING: Final = 1 << 16  # holes that one write may make; they cost memory here


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
    """How the properties of one family are read (MISSING for none), written, removed (False
    when refused) and listed (own enumerable keys in JavaScript's order)."""

    types: tuple[type, ...]
    read: Callable[[Any, PropertyKey], object] = _nothing
    write: Callable[[Any, PropertyKey, object], bool] = _refuse
    remove: Callable[[Any, PropertyKey], bool] = _keep
    keys: Callable[[Any], Iterable[PropertyKey]] = _no_keys


def family_of(value: object) -> Family:
    """Give the row of the table that fits a value."""
    return next(family for family in FAMILIES if isinstance(value, family.types))


def array_index(key: object) -> int | None:
    """Give the array index that a property key is, None for any other key. 6.1.7."""
    if not isinstance(key, str) or len(key) > 10 or not (key.isascii() and key.isdecimal()):
        return None
    index = int(key)
    return index if str(index) == key and index <= MAX_ARRAY_INDEX else None


def _read_string(text: str, key: PropertyKey) -> object:
    units = utf16_units(text)
    if key == "length":
        return len(units) // 2
    index = array_index(key)
    if index is None or index >= len(units) // 2:
        return MISSING
    return units[2 * index : 2 * index + 2].decode("utf-16-be", "surrogatepass")


def _string_keys(text: str) -> Iterable[PropertyKey]:
    return (str(index) for index in range(len(utf16_units(text)) // 2))


def _read_symbol(symbol: Symbol, key: PropertyKey) -> object:
    return symbol.description if key == "description" else MISSING


def _read_own(target: JsObject, key: PropertyKey) -> object:
    if key in target._js_own:
        return target._js_own[key]
    name = target._js_members.get(key) if isinstance(key, str) else None
    if name is not None:
        return getattr(target, name)
    return _read_function_member(target, key)


def _read_object(target: Any, key: PropertyKey) -> object:
    found = read_attribute(target, key)
    return _read_function_member(target, key) if found is MISSING else found


def _read_function_member(target: Any, key: PropertyKey) -> object:
    """Read what every function has; a callable object of the host is a function too."""
    member = FUNCTION_MEMBERS.get(key) if callable(target) and isinstance(key, str) else None
    return MISSING if member is None else member(target)


def _write_own(target: JsObject, key: PropertyKey, value: object) -> bool:
    target._js_own[key] = value
    return True


def _remove_own(target: JsObject, key: PropertyKey) -> bool:
    target._js_own.pop(key, None)
    return True


def _own_keys(target: JsObject) -> Iterable[PropertyKey]:
    return _ordered(target._js_own)


ERROR_MEMBERS: Final[Mapping[str, Callable[[BaseException], object]]] = {
    "name": error_name,
    "message": error_message,
    "cause": error_cause,
    "stack": error_stack,
    "toString": lambda error: lambda: error_text(error),
}
ERROR_TEXTS: Final = frozenset({"name", "message", "stack"})


def _read_error(error: BaseException, key: PropertyKey) -> object:
    member = ERROR_MEMBERS.get(key) if isinstance(key, str) else None
    if member is None:
        return read_attribute(error, key)
    value = member(error)
    return MISSING if value is None else value  # only a cause may be absent


def _write_error(error: BaseException, key: PropertyKey, value: object) -> bool:
    if key not in ERROR_MEMBERS:
        return write_attribute(error, key, value)
    if not isinstance(error, Error) or (key in ERROR_TEXTS and not isinstance(value, str)):
        return False
    return write_attribute(error, key, value)


def _error_keys(error: BaseException) -> Iterable[PropertyKey]:
    return (name for name in own_attributes(error) if name not in ERROR_MEMBERS)


def _read_function(function: Any, key: PropertyKey) -> object:
    member = FUNCTION_MEMBERS.get(key) if isinstance(key, str) else None
    return read_attribute(function, key) if member is None else member(function)


def _write_function(function: Any, key: PropertyKey, value: object) -> bool:
    return key not in FUNCTION_MEMBERS and write_attribute(function, key, value)


def _read_sequence(items: Any, key: PropertyKey) -> object:
    if key == "length":
        return len(items)
    index = array_index(key)
    if index is None:
        return read_attribute(items, key)
    return items[index] if index < len(items) else MISSING


def _write_list(items: list[object], key: PropertyKey, value: object) -> bool:
    index = array_index(key)
    if index is None or index > len(items) + MAX_PADDING:
        return False
    items.extend([None] * (index + 1 - len(items)))
    items[index] = value
    return True


def _indices(items: Any) -> Iterable[PropertyKey]:
    return map(str, range(len(items)))


def _read_buffer(buffer: Any, key: PropertyKey) -> object:
    if key == "byteLength":
        return memoryview(buffer).nbytes
    return _read_sequence(buffer, key)


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
    return _ordered(str(key) if type(key) is int else key for key in items)


def _ordered(keys: Iterable[object]) -> list[PropertyKey]:
    """Sort property keys: indices upwards, then names, then symbols. ECMA-262 10.1.11.1."""
    known = [key for key in keys if isinstance(key, str | Symbol)]
    indices = sorted(index for key in known if (index := array_index(key)) is not None)
    names = [key for key in known if isinstance(key, str) and array_index(key) is None]
    return [*map(str, indices), *names, *(key for key in known if isinstance(key, Symbol))]


BUFFER_TYPES: Final = (bytes, bytearray, memoryview, array.array)
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

FAMILIES: Final = (
    Family((JsObject,), _read_own, _write_own, _remove_own, _own_keys),
    Family((str,), _read_string, keys=_string_keys),
    Family((Symbol,), _read_symbol),
    Family((int, float, BigInt, JsNull, types.NoneType)),
    Family(
        (BaseException,),
        _read_error,
        _write_error,
        remove_attribute,
        _error_keys,
    ),
    Family(OPAQUE_TYPES),
    Family(FUNCTION_TYPES, _read_function, _write_function, remove_attribute, own_attributes),
    Family((list,), _read_sequence, _write_list, keys=_indices),
    Family((tuple,), _read_sequence, keys=_indices),
    Family(BUFFER_TYPES, _read_buffer, keys=_indices),
    Family((Mapping,), _read_mapping, _write_mapping, _remove_mapping, _mapping_keys),
    Family((object,), _read_object, write_attribute, remove_attribute, own_attributes),
)
