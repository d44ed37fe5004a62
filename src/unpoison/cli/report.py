"""What `inspect` tells, as data (for --json) and as text; both from the same dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unpoison.artefact import Analysis
from unpoison.bindgen import (
    Class,
    EnumDef,
    Export,
    ExportKind,
    Import,
    parameter_names,
    python_name,
    rust_signature,
    signature_text,
)
from unpoison.runtime import provider_of

Json = dict[str, Any]

ACCESSORS = {
    ExportKind.GETTER,
    ExportKind.SETTER,
    ExportKind.FIELD_GETTER,
    ExportKind.FIELD_SETTER,
}


def make_report(analysis: Analysis, file: str) -> Json:
    """Give everything that `inspect` tells; the keys are a public format."""
    interface, facts = analysis.interface, analysis.facts
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
        "imports": [_import(item) for item in interface.imports],
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
    yield from _render_refusals(report)


def _render_items(title: str, items: list[Json]) -> Iterator[str]:
    if not items:
        return
    yield from ("", f"{title} ({len(items)})")
    for item in items:
        yield f"  {item['rust']}"
        yield f"      {item['python']}"


def _render_imports(imports: list[Json]) -> Iterator[str]:
    for provider, title in (
        ("you", "Imports that you give"),
        ("unpoison", "Imports that unpoison gives"),
        ("none", "Imports that nobody gives yet: Rust gets an error when it calls one"),
    ):
        items = sorted({f"  {item['rust']}" for item in imports if item["provider"] == provider})
        if items:
            yield from ("", f"{title} ({len(items)})", *items)


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
    names = parameter_names(export.params)
    receiver = "self" if export.class_name and export.kind is not ExportKind.STATIC else None
    keyword = "async def" if export.is_async else "def"
    name = python_name(export.property or export.name)
    if export.kind is ExportKind.CONSTRUCTOR:
        name = "__init__"
    return {
        "name": ".".join((*export.namespace, *_owner(export), export.property or export.name)),
        "kind": export.kind.value,
        "rust": _rust(export),
        "python": f"{keyword} {name}{signature_text(export, names, receiver=receiver)}",
        "docs": "\n".join(export.docs),
        "unsupported": _refusal(export.unsupported),
    }


def _owner(export: Export) -> tuple[str, ...]:
    return () if export.class_name is None else (export.class_name,)


def _rust(export: Export) -> str:
    params = tuple((param.name, param.type) for param in export.params)
    signature = rust_signature(export.name, params, export.declared_result)
    if export.kind in ACCESSORS:
        return f"{export.kind.value} {export.property}: {signature}"
    return f"{'async ' if export.is_async else ''}fn {signature}"


def _class(cls: Class) -> Json:
    members = [_export(member) for member in cls.members]
    return {"name": cls.name, "docs": "\n".join(cls.docs), "members": members}


def _enum(enum: EnumDef) -> Json:
    return {"name": enum.name, "variants": {v.name: v.value for v in enum.variants}}


def _import(item: Import) -> Json:
    params = tuple((param.name, param.type) for param in item.params)
    signature = item.name if item.result is None else rust_signature(item.name, params, item.result)
    return {
        "name": ".".join(item.path) or item.name,
        "module": item.js_module,
        "kind": item.kind.value,
        "rust": signature,
        "crate": item.crate,
        "catch": item.catch,
        "provider": provider_of(item),
        "unsupported": _refusal(item.unsupported),
    }


def _refusal(unsupported: tuple[str, str] | None) -> Json | None:
    return None if unsupported is None else dict(zip(("type", "reason"), unsupported, strict=True))
