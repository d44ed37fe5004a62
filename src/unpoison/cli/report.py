"""What `inspect` tells, as data (for --json) and as text; both from the same dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from unpoison.bindgen import (
    Class,
    EnumDef,
    Export,
    ExportKind,
    Import,
    parameter_names,
    python_name,
    rust_type,
    signature_text,
)
from unpoison.glue import RUNTIMES
from unpoison.runtime import Module, Provider, describe, find_providers
from unpoison.runtime import signature_text as import_signature

Json = dict[str, Any]

PROVIDER_TITLES = {
    Provider.EMBEDDER: "Imports that you give",
    Provider.UNPOISON: "Imports that unpoison gives",
    Provider.ABSENT: "Names of the web platform that this host has not: a call is a ReferenceError",
    Provider.NOBODY: "Imports that nobody gives yet: Rust gets an error when it calls one",
}
DECORATORS = {
    ExportKind.GETTER: "@property ",
    ExportKind.FIELD_GETTER: "@property ",
    ExportKind.SETTER: "@{}.setter ",
    ExportKind.FIELD_SETTER: "@{}.setter ",
    ExportKind.STATIC: "@staticmethod ",
    ExportKind.STATIC_GETTER: "@classmethod @property ",
    ExportKind.STATIC_SETTER: "@classmethod @{}.setter ",
}
RECEIVING = {
    ExportKind.METHOD, ExportKind.GETTER, ExportKind.FIELD_GETTER, ExportKind.SETTER,
    ExportKind.FIELD_SETTER,
}  # fmt: skip


def make_report(module: Module, file: str) -> Json:
    """Give everything that `inspect` tells; the keys are a public format."""
    interface, facts = module.interface, module.facts
    return {
        "file": file,
        "sha256": facts.sha256,
        "wasm_bindgen": interface.tool_version,
        "schema_version": interface.schema_version,
        "producers": list(facts.producers),
        "exception_handling": facts.dialect,
        "panic_strategy": interface.panics.value,
        "sizes": dict(facts.sizes),
        "functions": [_export(export) for export in interface.functions],
        "classes": [_class(cls) for cls in interface.classes],
        "enums": [_enum(enum) for enum in interface.enums],
        "starts": [export.name for export in interface.starts],
        "imports": [_import(item, provider) for item, provider in find_providers(module).items()],
        "runtimes": _runtimes(facts.dialect),
    }


def render(report: Json) -> Iterator[str]:
    """Give the report as lines for people."""
    yield f"{report['file']}"
    yield f"  wasm-bindgen  {report['wasm_bindgen']} (schema {report['schema_version']})"
    yield f"  made by       {', '.join(report['producers']) or 'unknown'}"
    yield f"  exceptions    {report['exception_handling']}"
    yield f"  panics        {report['panic_strategy']}"
    yield f"  sha256        {report['sha256']}"
    sizes = ", ".join(f"{name} {size:,}" for name, size in report["sizes"].items())
    yield f"  bytes         {sizes}"
    yield from _render_items("Functions", report["functions"])
    for cls in report["classes"]:
        yield from _render_items(f"struct {cls['name']}", cls["members"])
    for enum in report["enums"]:
        variants = ", ".join(f"{name} = {value!r}" for name, value in enum["variants"].items())
        yield from ("", f"enum {enum['name']}: {variants}")
    yield from _render_imports(report["imports"])
    yield from _render_runtimes(report)
    yield from _render_refusals(report)


def _render_items(title: str, items: list[Json]) -> Iterator[str]:
    if not items:
        return
    yield from ("", f"{title} ({len(items)})")
    for item in items:
        yield f"  {item['rust']}"
        yield f"      {item['python']}"


def _render_imports(imports: list[Json]) -> Iterator[str]:
    for provider, title in PROVIDER_TITLES.items():
        lines = {f"  {item['rust']}" for item in imports if item["provider"] == provider.value}
        items = sorted(lines)
        if items:
            yield from ("", f"{title} ({len(items)})", *items)


def _render_runtimes(report: Json) -> Iterator[str]:
    runtimes, dialect = report["runtimes"], report["exception_handling"]
    running = [one for one in runtimes if one["as_it_is"]]
    yield from ("", f"JavaScript runtimes that run a package of it ({len(running)})")
    for one in running:
        also = "with --eh exnref too; " if dialect == "legacy" and one["with_exnref"] else ""
        yield f"  {_runtime(one):<28}{also}{one['evidence']}: {one['source']}"
    others = [one for one in runtimes if not one["as_it_is"]]
    if others:
        yield from ("", f"JavaScript runtimes that do not know {dialect} ({len(others)})")
        yield from (f"  {_runtime(one):<28}{one['evidence']}: {one['source']}" for one in others)


def _runtime(one: Json) -> str:
    return f"{one['runtime']} {one['versions']}"


def _render_refusals(report: Json) -> Iterator[str]:
    exports = [*report["functions"], *(m for cls in report["classes"] for m in cls["members"])]
    lines = [
        f"  {item['name']}: {item['unsupported']['type']}: {item['unsupported']['reason']}"
        for item in (*exports, *report["imports"])
        if item["unsupported"] is not None
    ]
    if lines:
        yield from ("", f"Not supported; the rest works without it ({len(lines)})", *lines)


def _export(export: Export) -> Json:
    return {
        "name": ".".join((*export.namespace, *_owner(export), export.property or export.name)),
        "kind": export.kind.value,
        "rust": _rust(export),
        "python": _python(export),
        "docs": "\n".join(export.docs),
        "unsupported": _refusal(export.unsupported),
    }


def _owner(export: Export) -> tuple[str, ...]:
    return () if export.class_name is None else (export.class_name,)


def _rust(export: Export) -> str:
    params = ", ".join(f"{param.name}: {rust_type(param.type)}" for param in export.params)
    if export.kind in RECEIVING:
        receiver = "self" if export.consumes_self else "&self"
        params = f"{receiver}, {params}" if params else receiver
    result = rust_type(export.declared_result)
    arrow = "" if result == "()" else f" -> {result}"
    return f"{'async ' if export.is_async else ''}fn {export.name}({params}){arrow}"


def _python(export: Export) -> str:
    name = python_name(export.property or export.name)
    names = parameter_names(export.params)
    receiver = "self" if export.kind in RECEIVING else None
    # What an async function's caller sees is what it gives when it is awaited.
    awaited = replace(export, result=export.declared_result, is_async=False)
    signature = signature_text(awaited, names, receiver=receiver)
    if export.kind is ExportKind.CONSTRUCTOR:
        return f"{export.class_name}{signature}"
    if export.is_async:
        return f"async def {name}{signature}"
    return f"{DECORATORS.get(export.kind, '').format(name)}def {name}{signature}"


def _runtimes(dialect: str) -> list[Json]:
    """Give every runtime, whether it runs a package of the module as it is, and translated."""
    translated = "exnref" if dialect == "legacy" else dialect
    return [
        {
            "runtime": runtime.name,
            "versions": runtime.versions,
            "as_it_is": runtime.runs(dialect),
            "with_exnref": runtime.runs(translated),
            "evidence": runtime.evidence.value,
            "source": runtime.source,
        }
        for runtime in RUNTIMES
    ]


def _class(cls: Class) -> Json:
    members = [_export(member) for member in cls.members]
    return {"name": cls.name, "docs": "\n".join(cls.docs), "members": members}


def _enum(enum: EnumDef) -> Json:
    return {"name": enum.name, "variants": {v.name: v.value for v in enum.variants}}


def _import(item: Import, provider: Provider) -> Json:
    return {
        "name": describe(item),
        "module": item.js_module,
        "kind": item.kind.value,
        "rust": f"{describe(item)}: {import_signature(item)}",
        "crate": item.crate,
        "catch": item.catch,
        "provider": provider.value,
        "unsupported": _refusal(item.unsupported),
    }


def _refusal(unsupported: tuple[str, str] | None) -> Json | None:
    return None if unsupported is None else dict(zip(("type", "reason"), unsupported, strict=True))
