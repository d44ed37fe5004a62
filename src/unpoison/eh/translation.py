"""A whole module from the legacy dialect to exnref."""

from __future__ import annotations

from unpoison.eh.dialect import exnref_place, legacy_functions
from unpoison.eh.handler_types import HandlerTypes
from unpoison.eh.limits import MAX_FUNCTION_SIZE, MAX_LOCALS, SPARE_DELEGATED
from unpoison.eh.lowering import Allowance, Source, lower
from unpoison.eh.scan import scan
from unpoison.errors import UnsupportedModule
from unpoison.wasm import EXNREF, FunctionBody, Module

# Sections about offsets in the code, and what points to debug information kept elsewhere.
_STALE_NAMES = {"sourceMappingURL", "linking", "external_debug_info", "build_id"}
_STALE_PREFIXES = (".debug_", "metadata.code.", "reloc.")


def to_exnref(wasm: bytes) -> bytes:
    """Give the module with exnref exception handling; one without legacy comes back as it is.

    Nothing is renumbered: types and locals are added at the end. Label names of changed
    functions are dropped, and so are sections that count bytes of code. Bodies are measured,
    not validated. Raises MalformedModule, and UnsupportedModule for a component, for a mix
    of both dialects, and for delegates that no compiler writes.
    """
    module = Module.parse(wasm)
    legacy = legacy_functions(module)
    if not legacy:
        return wasm
    _refuse_mix(module, legacy)
    _translate(module, legacy, Allowance(len(wasm) + SPARE_DELEGATED))
    _drop_stale(module, {module.imported_functions + number for number in legacy})
    return module.emit()


def _refuse_mix(module: Module, legacy: list[int]) -> None:
    place = exnref_place(module)
    if place is not None:
        raise UnsupportedModule(
            "the module mixes legacy and exnref exception handling",
            where=f"function {module.imported_functions + legacy[0]} (legacy) and {place} (exnref)",
            advice="give the file that the linker wrote, before any tool translated a part of it; "
            "if that is the mix, build all crates and the standard library with one dialect "
            "(`-Cllvm-args=-wasm-use-legacy-eh=false` for all, or for none)",
        )


def _translate(module: Module, legacy: list[int], allowance: Allowance) -> None:
    types = HandlerTypes(module)
    bodies = list(module.bodies)
    for number in legacy:
        bodies[number] = _translated(module, number, types, allowance)
    module.bodies = bodies


def _translated(
    module: Module, number: int, types: HandlerTypes, allowance: Allowance
) -> FunctionBody:
    body = module.bodies[number]
    groups = body.locals
    params = module.func_type(module.functions[number]).params
    declared = sum(count for count, _ in groups)
    start = body.code_start
    where = f"function {module.imported_functions + number}"
    places = scan(body.data, start, body.end, where)
    source = Source(body.data, start, body.end, places, len(params) + declared, where)
    lowered = lower(source, types, allowance)
    if lowered.slots:
        groups.append((lowered.slots, EXNREF))
    translated = FunctionBody.build(groups, lowered.code)
    _check_limits(translated, source.locals + lowered.slots, where)
    return translated


def _check_limits(body: FunctionBody, count: int, where: str) -> None:
    if body.end - body.start > MAX_FUNCTION_SIZE or count > MAX_LOCALS:
        raise UnsupportedModule(
            f"translated, the function has {body.end - body.start} bytes and {count} locals; "
            f"engines take {MAX_FUNCTION_SIZE} and {MAX_LOCALS}",
            where=where,
            advice="split the function, or build with exnref exception handling",
        )


def _drop_stale(module: Module, changed: set[int]) -> None:
    names = module.names
    if names.malformed is not None:
        module.customs = [custom for custom in module.customs if custom.name != "name"]
    elif not changed.isdisjoint(names.labels):
        names.labels = {
            function: labels for function, labels in names.labels.items() if function not in changed
        }
        module.names = names
    module.customs = [custom for custom in module.customs if not _is_stale(custom.name)]


def _is_stale(name: str) -> bool:
    return name in _STALE_NAMES or name.startswith(_STALE_PREFIXES)
