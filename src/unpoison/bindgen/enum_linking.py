"""Enum and union records -> their definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from unpoison.bindgen import records
from unpoison.bindgen.descriptor_types import EnumType, StringEnumType, Type
from unpoison.bindgen.export_linking import Exports, doc_lines
from unpoison.bindgen.interface import EnumDef, EnumVariant, UnionDef
from unpoison.bindgen.records import Program
from unpoison.bindgen.symbols import module_path_hash, qualified
from unpoison.bindgen.type_walk import nested_types


def link_enums(
    programs: Iterable[Program], exports: Exports, types: Iterable[Type]
) -> tuple[EnumDef, ...]:
    """Give the enums that cross, or that belong to a crate that exports something.

    web-sys declares a hundred string enums that no one can meet otherwise.
    """
    nested = (inner for type_ in types for inner in nested_types(type_))
    crossing = {(t.name, t.crate) for t in nested if isinstance(t, EnumType | StringEnumType)}
    crates = {export.crate for export in exports.functions}
    crates.update(crate for crate, _ in exports.classes)
    found: dict[tuple[str, int, str, bool], EnumDef] = {}
    for enum in _enums(programs):
        if enum.crate in crates or (enum.key, enum.crate) in crossing:
            found.setdefault((enum.crate, enum.module_hash, enum.key, enum.hole is None), enum)
    return tuple(found.values())


def link_unions(programs: Iterable[Program]) -> tuple[UnionDef, ...]:
    """Give the dynamic unions of the programs; each is there once."""
    found: dict[tuple[str, int, str], UnionDef] = {}
    for program in programs:
        for item in program.imports:
            if isinstance(item.kind, records.DynamicUnion):
                union = UnionDef(
                    name=item.kind.name,
                    crate=program.crate,
                    module_hash=module_path_hash(program.module_path),
                    skips_typescript=not item.kind.generate_typescript,
                    texts=item.kind.variant_strings,
                    docs=doc_lines(item.kind.comments),
                )
                found.setdefault((union.crate, union.module_hash, union.name), union)
    return tuple(found.values())


def _enums(programs: Iterable[Program]) -> Iterator[EnumDef]:
    for program in programs:
        for enum in program.enums:
            yield _numeric_enum(program, enum)
        for item in program.imports:
            if isinstance(item.kind, records.StringEnum):
                yield _string_enum(program, item.kind)


def _numeric_enum(program: Program, enum: records.NumericEnum) -> EnumDef:
    bits = {variant.value for variant in enum.variants}
    variants = [
        EnumVariant(v.name, _signed(v.value) if enum.signed else v.value, doc_lines(v.comments))
        for v in enum.variants
    ]
    return EnumDef(
        name=enum.name,
        crate=program.crate,
        variants=tuple(variants),
        hole=next(value for value in range(len(bits) + 1) if value not in bits),
        docs=doc_lines(enum.comments),
        namespace=enum.js_namespace or (),
        private=enum.private,
        key=qualified(enum.js_namespace, enum.name),
        module_hash=module_path_hash(program.module_path),
        skips_typescript=not enum.generate_typescript,
    )


def _signed(value: int) -> int:
    return value - (value >> 31 << 32)


def _string_enum(program: Program, enum: records.StringEnum) -> EnumDef:
    return EnumDef(
        name=enum.name,
        crate=program.crate,
        variants=tuple(EnumVariant(value, value) for value in enum.variant_values),
        hole=None,
        docs=doc_lines(enum.comments),
        namespace=enum.js_namespace or (),
        private=enum.private,
        key=enum.name,
        module_hash=module_path_hash(program.module_path),
        skips_typescript=not enum.generate_typescript,
    )
