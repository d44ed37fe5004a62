"""Bytes -> artefact, without the cache: read, translate, link, bind, compile."""

from __future__ import annotations

import marshal

from unpoison.artefact.facts import read_facts
from unpoison.artefact.records import Analysis, Artefact, Bindings
from unpoison.bindgen import make_python_source, make_shims, mark_unsupported, read_interface
from unpoison.eh import dialect_of, to_exnref
from unpoison.engine import Engine
from unpoison.errors import MalformedModule, UnsupportedModule
from unpoison.wasm import Module

HEADER = "Made by unpoison from {name}, sha256 {sha256}, wasm-bindgen schema {schema}."


def analyse(wasm: bytes) -> Analysis:
    """Give the interface and the facts of a module. Raises as `prepare` does."""
    module = Module.parse(wasm)
    interface = mark_unsupported(read_interface(module))
    return Analysis(interface, read_facts(wasm, module, dialect_of(module).value))


def make(wasm: bytes, engine: Engine) -> Artefact:
    """Make the artefact of a module. Raises as `prepare` does."""
    analysis = analyse(wasm)
    interface, facts = analysis.interface, analysis.facts
    shims = make_shims(Module.parse(wasm), interface)
    header = HEADER.format(
        name=interface.name, sha256=facts.sha256, schema=interface.schema_version
    )
    source = make_python_source(interface, shims.plan, header)
    byte_code = compile(source, f"<unpoison bindings of {interface.name}>", "exec")
    return Artefact(
        Bindings(interface, facts, shims.plan, source, marshal.dumps(byte_code)),
        guest=engine.compile(_translated(shims.guest, wasm)),
        entries=engine.compile(shims.entries),
    )


def _translated(guest: bytes, wasm: bytes) -> bytes:
    """Give the guest with exnref; a module that cannot be translated is refused as it came."""
    try:
        return to_exnref(guest)
    except (MalformedModule, UnsupportedModule):
        to_exnref(wasm)  # the same fault, with the offset and the index in the user's file
        raise
