"""Bytes -> artefact: wasm -> eh -> bindgen -> compiled; once per content, then from the cache."""

from __future__ import annotations

import marshal
import pickle
from dataclasses import dataclass
from types import CodeType

from unpoison.artefact.cache import Cache, open_cache
from unpoison.artefact.facts import Facts, read_facts
from unpoison.artefact.fingerprint import artefact_key
from unpoison.bindgen import (
    Interface,
    Plan,
    make_python_source,
    make_shims,
    mark_unsupported,
    read_interface,
)
from unpoison.eh import dialect_of, to_exnref
from unpoison.engine import Engine
from unpoison.errors import UnsupportedModule
from unpoison.wasm import Module

HEADER = "Made by unpoison from {name}, sha256 {sha256}, wasm-bindgen schema {schema}."


@dataclass(frozen=True, slots=True)
class Analysis:
    """What can be told without compiling."""

    interface: Interface
    facts: Facts


@dataclass(frozen=True, slots=True)
class Artefact:
    """A module that is ready to run.

    `guest` and `entries` are machine code for `Engine.load`, `plan` says how they
    belong together, `python_source` is the text of the bindings and `byte_code` its marshalled
    code object.
    """

    interface: Interface
    facts: Facts
    plan: Plan
    guest: bytes
    entries: bytes
    python_source: str
    byte_code: bytes

    def code(self) -> CodeType:
        """Give the code object of the bindings."""
        code = marshal.loads(self.byte_code)
        assert isinstance(code, CodeType)
        return code


def analyse(wasm: bytes) -> Analysis:
    """Give the interface and the facts of a module. Raises as `prepare` does."""
    module = Module.parse(wasm)
    interface = mark_unsupported(read_interface(module))
    return Analysis(interface, read_facts(wasm, module, dialect_of(module).value))


def prepare(wasm: bytes, engine: Engine, cache: Cache | None = None) -> Artefact:
    """Give the artefact of a module, from the cache when it was made before.

    `cache` is the user's own unless given. Raises MalformedModule for bytes that are no module,
    UnsupportedModule for a module that cannot be loaded, with which one to give instead.
    """
    store = open_cache() if cache is None else cache
    key = artefact_key(wasm, engine.fingerprint())
    artefact = _load(store.read(key), engine)
    if artefact is None:
        artefact = _make(wasm, engine)
        store.write(key, pickle.dumps(artefact, pickle.HIGHEST_PROTOCOL))
    return artefact


def _load(payload: bytes | None, engine: Engine) -> Artefact | None:
    if payload is None:
        return None
    # The cache checked that these are the bytes that this user's unpoison wrote; the machine
    # code in them is trusted just the same.
    artefact = pickle.loads(payload)
    assert isinstance(artefact, Artefact)
    try:
        # The same for both, and this one is small: a home folder may be shared with a
        # machine whose processor has other features.
        engine.load(artefact.entries)
    except UnsupportedModule:
        return None
    return artefact


def _make(wasm: bytes, engine: Engine) -> Artefact:
    analysis = analyse(wasm)
    interface, facts = analysis.interface, analysis.facts
    shims = make_shims(Module.parse(to_exnref(wasm)), interface)
    header = HEADER.format(
        name=interface.name, sha256=facts.sha256, schema=interface.schema_version
    )
    source = make_python_source(interface, shims.plan, header)
    byte_code = compile(source, f"<unpoison bindings of {interface.name}>", "exec")
    return Artefact(
        interface=interface,
        facts=facts,
        plan=shims.plan,
        guest=engine.compile(shims.guest).serialize(),
        entries=engine.compile(shims.entries).serialize(),
        python_source=source,
        byte_code=marshal.dumps(byte_code),
    )
