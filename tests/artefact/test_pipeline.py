"""What an artefact holds, and that it is made once per content."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import CodeType

import pytest

from unpoison.artefact import making
from unpoison.artefact.cache import Cache, Kept
from unpoison.artefact.pipeline import Artefact, analyse, prepare
from unpoison.eh import to_exnref
from unpoison.engine import Code, Engine
from unpoison.errors import MalformedModule, UnsupportedModule
from unpoison.wasm import FunctionBody, FuncType, Module

STATS = Path(__file__).parents[2] / "examples" / "stats"
BUILDS = {"legacy": "legacy", "exnref": "exnref", "abort": "none"}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path)


def never_make(wasm: bytes, engine: Engine) -> Artefact:
    raise AssertionError("the artefact was made again")


def wasm_of(build: str) -> bytes:
    return (STATS / f"stats.{build}.wasm").read_bytes()


@pytest.mark.parametrize(("build", "dialect"), BUILDS.items())
def test_the_interface_is_read_without_compiling(build: str, dialect: str) -> None:
    analysis = analyse(wasm_of(build))
    assert analysis.facts.dialect == dialect
    assert "mean" in {export.name for export in analysis.interface.functions}


@pytest.mark.parametrize("build", BUILDS)
def test_an_artefact_holds_all_that_an_instance_needs(
    build: str, engine: Engine, cache: Cache
) -> None:
    artefact = prepare(wasm_of(build), engine, cache)
    for code in (artefact.guest, artefact.entries):
        assert code.engine is engine
    assert isinstance(artefact.bindings.code(), CodeType)
    assert "def mean(" in artefact.bindings.python_source


def test_the_second_time_comes_from_the_cache(
    cache: Cache, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = prepare(wasm_of("abort"), engine, cache)
    monkeypatch.setattr(making, "make", never_make)
    assert prepare(wasm_of("abort"), Engine(), cache) == first


def test_a_damaged_entry_is_made_again(
    cache: Cache, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = prepare(wasm_of("abort"), engine, cache)
    for entry in tmp_path.iterdir():  # what is known, and either machine code
        entry.write_bytes(entry.read_bytes()[:-1])
        again = prepare(wasm_of("abort"), engine, cache)
        assert again == first
        assert again.guest is not first.guest
        monkeypatch.setattr(making, "make", never_make)
        assert prepare(wasm_of("abort"), engine, cache) == again
        monkeypatch.undo()


def test_machine_code_from_the_cache_is_mapped(
    cache: Cache, engine: Engine, tmp_path: Path
) -> None:
    prepare(wasm_of("abort"), engine, cache)
    again = prepare(wasm_of("abort"), engine, cache)
    mapped = Path("/proc/self/maps").read_text()
    code = sorted(str(file) for file in tmp_path.glob("*.code"))
    assert [file in mapped for file in code] == [True, True]
    del again


def test_machine_code_that_is_gone_before_it_is_mapped_is_made_again(
    cache: Cache, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = prepare(wasm_of("abort"), engine, cache)
    read = Cache.read

    def read_late(self: Cache, key: bytes) -> Kept | None:
        kept = read(self, key)
        assert kept is not None
        kept.files[0].unlink()  # as another process may, that makes room
        return kept

    monkeypatch.setattr(Cache, "read", read_late)
    assert prepare(wasm_of("abort"), engine, cache) == first


def test_machine_code_that_the_engine_refuses_is_made_again(
    cache: Cache, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = prepare(wasm_of("abort"), engine, cache)

    def refuse(self: Engine, artefact: bytes) -> Code:
        raise UnsupportedModule("compiled for another processor")

    monkeypatch.setattr(Engine, "load", refuse)
    again = prepare(wasm_of("abort"), engine, cache)
    assert again is not first
    assert again == first


def test_without_a_cache_it_is_made_each_time(engine: Engine) -> None:
    off = Cache(None)
    first, second = (prepare(wasm_of("abort"), engine, off) for _ in range(2))
    assert first == second
    assert first.guest is not second.guest


def test_bindings_survive_pickling(cache: Cache, engine: Engine) -> None:
    bindings = prepare(wasm_of("abort"), engine, cache).bindings
    assert pickle.loads(pickle.dumps(bindings)) == bindings


def test_what_is_no_module_is_refused_and_not_kept(
    engine: Engine, cache: Cache, tmp_path: Path
) -> None:
    with pytest.raises(MalformedModule):
        prepare(b"no module", engine, cache)
    with pytest.raises(UnsupportedModule):
        prepare(Module().emit(), engine, cache)
    assert list(tmp_path.iterdir()) == []


EXNREF_CODE = FunctionBody.assemble((), [("unreachable",), ("throw_ref",), ("end",)])


def test_a_module_that_cannot_be_translated_is_refused_as_it_came(
    engine: Engine, cache: Cache
) -> None:
    module = Module.parse(wasm_of("legacy"))
    exported = module.find_export("__wbindgen_malloc")
    assert exported is not None
    module.replace_body(exported.index - module.imported_functions, EXNREF_CODE)
    with pytest.raises(UnsupportedModule) as ours:
        prepare(module.emit(), engine, cache)
    with pytest.raises(UnsupportedModule, match=f"function {exported.index} ") as expected:
        to_exnref(module.emit())
    assert str(ours.value) == str(expected.value)


def test_what_nothing_calls_is_not_translated(engine: Engine, cache: Cache) -> None:
    module = Module.parse(wasm_of("legacy"))
    module.add_function(FuncType(), EXNREF_CODE)
    with pytest.raises(UnsupportedModule, match="mixes"):
        to_exnref(module.emit())
    assert prepare(module.emit(), engine, cache).guest
