"""The custom sections of the module that is made: names, producers, target features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from unpoison.errors import MalformedModule
from unpoison.transform.names import unique_names
from unpoison.transform.records import Options
from unpoison.wasm import (
    Custom,
    Module,
    Names,
    read_producers,
    read_target_features,
    write_producers,
    write_target_features,
)

_PRODUCER = "unpoison"
_TOOL = "processed-by"
_STALE = frozenset({"linking", "external_debug_info", "sourceMappingURL", "build_id"})
_STALE_PREFIXES = (".debug_", "reloc.", "metadata.code.", "__wasm_bindgen")


def add_names(module: Module, added: Mapping[int, str], options: Options) -> None:
    """Name the functions that were added beside those that have a name, or name none, by option."""
    names = module.names
    if options.names == "none" or names.malformed is not None or not names.functions:
        module.names = Names()
        return
    module.names = Names(
        module=names.module,
        functions={**names.functions, **added},
        tables=names.tables,
        memories=names.memories,
        globals=names.globals,
        datas=names.datas,
        tags=names.tags,
    )


def make_readable(module: Module, options: Options) -> None:
    """Make the names of functions readable, by option."""
    names = module.names
    if options.readable is not None and names.functions:
        functions = dict(sorted(names.functions.items()))
        module.names = replace(names, functions=unique_names(functions, options.readable))


def edit_customs(module: Module, features: Iterable[str], options: Options) -> None:
    """Leave out what is for the linker or about bytes that moved; say who made the module."""
    module.customs = [
        edited for custom in module.customs if (edited := _edited(custom, features, options))
    ]


def _edited(custom: Custom, features: Iterable[str], options: Options) -> Custom | None:
    if custom.name in _STALE or custom.name.startswith(_STALE_PREFIXES):
        return None
    if custom.name == "producers":
        return _with_producer(custom, options.version) if options.producers else None
    return _with_features(custom, features) if custom.name == "target_features" else custom


def _with_producer(custom: Custom, version: str) -> Custom:
    try:
        producers = read_producers(custom.payload)
    except MalformedModule:
        return custom
    tools = [tool for tool in producers.get(_TOOL, []) if tool[0] != _PRODUCER]
    producers[_TOOL] = [*tools, (_PRODUCER, version)]
    return Custom(custom.name, write_producers(producers), custom.after)


def _with_features(custom: Custom, wanted: Iterable[str]) -> Custom:
    try:
        features = read_target_features(custom.payload)
    except MalformedModule:
        return custom
    known = {feature for _, feature in features}
    missing = [("+", feature) for feature in wanted if feature not in known]
    if not missing:
        return custom
    features = sorted([*features, *missing], key=lambda item: item[1])
    return Custom(custom.name, write_target_features(features), custom.after)
