"""The classes of typed arrays, on the buffers that a host gives as well. ECMA-262 23.2."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from unpoison.js import typed_array_methods as methods
from unpoison.js import uint8_codecs
from unpoison.js.array_class import ARRAY
from unpoison.js.callbacks import callback as callback_of
from unpoison.js.classes import ClassSpec, Static, register, register_by
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.function_class import FUNCTION
from unpoison.js.generator_class import spec_of_host_object
from unpoison.js.host_buffers import BUFFER_TYPES, buffer_class
from unpoison.js.numbers import MAX_SAFE_INTEGER
from unpoison.js.object_class import OBJECT
from unpoison.js.typed_array_making import values_of
from unpoison.js.typed_arrays import TYPED_ARRAY_TYPES, TypedArray
from unpoison.js.values import Symbol, is_nullish


def _refuse(realm: Any) -> Any:
    raise TypeError("Abstract class TypedArray not directly constructable")


TYPED_ARRAY: Final = ClassSpec(
    "TypedArray",
    OBJECT,
    methods={
        **methods.METHODS,
        "toString": ARRAY.own_members["toString"].value,
        Symbol.iterator: methods.VALUES,
    },
    getters={**methods.GETTERS, Symbol.to_string_tag: methods.tag},
    call=_refuse,
    construct=_refuse,
    length=0,
)


def _construct(
    cls: type[TypedArray], realm: Any, source: Any, offset: object, length: object
) -> TypedArray:
    if type(source) is int and 0 <= source <= MAX_SAFE_INTEGER:  # most arrays are made to be filled
        return cls.of_zeros(source)
    return cls(source, offset, length)


def _from(
    cls: type[TypedArray], realm: Any, source: Any, mapper: Any = None, this: object = None
) -> TypedArray:
    """Be `TypedArray.from`. ECMA-262 23.2.2.1."""
    run = None if mapper is None else callback_of(mapper, this)
    if is_nullish(source):
        what = "undefined" if source is None else "object null"
        raise TypeError(f"{what} is not iterable (cannot read property Symbol(Symbol.iterator))")
    values = values_of(source)
    if run is not None:
        values = [run(value, index) for index, value in enumerate(values)]
    return cls.of_numbers([cls.element.convert(value) for value in values])


def _of(cls: type[TypedArray], realm: Any, *values: object) -> TypedArray:
    return cls.of_numbers([cls.element.convert(value) for value in values])


def _make_spec(cls: type[TypedArray]) -> ClassSpec:
    is_bytes = cls.__name__ == "Uint8Array"
    return ClassSpec(
        cls.__name__,
        TYPED_ARRAY,
        methods=uint8_codecs.METHODS if is_bytes else None,
        constants={"BYTES_PER_ELEMENT": cls.element.size},
        statics={
            **(uint8_codecs.STATICS if is_bytes else {}),
            "BYTES_PER_ELEMENT": cls.element.size,
            "from": Static(partial(_from, cls), 1),
            "of": Static(partial(_of, cls), 0),
        },
        construct=partial(_construct, cls),
        inherits_statics=True,
    )


TYPED_ARRAYS: Final[Mapping[str, ClassSpec]] = {
    name: register(_make_spec(cls), cls) for name, cls in TYPED_ARRAY_TYPES.items()
}


def _spec_of_host_buffer(value: object) -> ClassSpec:
    name = buffer_class(value)
    return OBJECT if name is None else TYPED_ARRAYS[name]


def _spec_of_object(value: object) -> ClassSpec:
    if callable(value):
        return FUNCTION
    name = buffer_class(value)
    return spec_of_host_object(value) if name is None else TYPED_ARRAYS[name]


for _type in BUFFER_TYPES:
    register_by(_type, _spec_of_host_buffer)
register_by(object, _spec_of_object)
