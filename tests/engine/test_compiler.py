"""Compile, refuse, serialize, load."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime

from unpoison.engine import Code, Engine, Slots, Store
from unpoison.errors import MalformedModule, UnsupportedModule

ADD = """(module (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))"""


def add(engine: Engine, code: Code, a: int, b: int) -> int:
    slots = Slots(2)
    store = Store(engine, slots)
    call = store.caller(store.instantiate(code).function("add"), 2)
    slots.i32[0], slots.i32[4] = a, b
    assert not call()
    assert not slots.trap
    store.close()
    return slots.i32[0]


def test_a_module_compiles_and_runs(engine: Engine, compiled: Callable[[str], Code]) -> None:
    assert add(engine, compiled(ADD), 2, 40) == 42


@pytest.mark.parametrize(
    ("wasm", "offset"),
    [(b"", 0), (b"\0asm", 4), (b"not wasm", 0), (b"\0asm\1\0\0\0\1\2", None)],
)
def test_bytes_that_are_no_module_are_malformed(
    engine: Engine, wasm: bytes, offset: int | None
) -> None:
    with pytest.raises(MalformedModule) as caught:
        engine.compile(wasm)
    assert offset is None or caught.value.offset == offset


def test_an_invalid_body_is_malformed_with_its_offset(engine: Engine) -> None:
    wasm = b"\0asm\1\0\0\0\1\5\1\x60\0\1\x7f\3\2\1\0\x0a\4\1\2\0\x0b"
    with pytest.raises(MalformedModule, match="type mismatch") as caught:
        engine.compile(wasm)
    assert caught.value.offset == 24


def test_legacy_exception_handling_is_unsupported(engine: Engine) -> None:
    legacy = b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a\x08\1\6\0\x06\x40\x19\x0b\x0b"
    with pytest.raises(UnsupportedModule, match="legacy"):
        engine.compile(legacy)


@pytest.mark.parametrize(
    "body",
    [
        "(tag $t (param i32)) (func (throw $t (i32.const 1)))",
        "(func (param exnref) (throw_ref (local.get 0)))",
        "(func $f (return_call $f))",
        "(func (param v128) (result v128) (i8x16.neg (local.get 0)))",
        "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))",
        "(type $s (struct (field i32))) (func (drop (struct.new $s (i32.const 1))))",
    ],
)
def test_every_proposal_that_rustc_uses_is_on(engine: Engine, body: str) -> None:
    engine.compile(bytes(wasmtime.wat2wasm(f"(module {body})")))


def test_an_artefact_loads_without_compiling(
    engine: Engine, compiled: Callable[[str], Code]
) -> None:
    artefact = compiled(ADD).serialize()
    assert add(engine, engine.load(artefact), 20, 3) == 23


def test_an_artefact_loads_in_another_engine_with_the_same_fingerprint(
    engine: Engine, compiled: Callable[[str], Code]
) -> None:
    other = Engine()
    assert other.fingerprint() == engine.fingerprint()
    assert add(other, other.load(compiled(ADD).serialize()), 1, 2) == 3


def test_an_artefact_file_is_mapped(
    engine: Engine, compiled: Callable[[str], Code], tmp_path: Path
) -> None:
    path = tmp_path / "add é.cwasm"
    path.write_bytes(compiled(ADD).serialize())
    assert add(engine, engine.load(path), 2, 2) == 4


@pytest.mark.parametrize("artefact", [b"", b"\0asm\1\0\0\0", b"\x7fELF" + bytes(200), b"x" * 5000])
def test_a_wrong_artefact_is_refused(engine: Engine, artefact: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedModule, match="compile the module again"):
        engine.load(artefact)
    (tmp_path / "a").write_bytes(artefact)
    with pytest.raises(UnsupportedModule, match="compile the module again"):
        engine.load(tmp_path / "a")


def test_an_artefact_of_another_wasmtime_is_refused(
    engine: Engine, compiled: Callable[[str], Code]
) -> None:
    artefact = compiled(ADD).serialize()
    # The header has the major version as text; it is the first place with these two bytes.
    with pytest.raises(UnsupportedModule, match="incompatible version"):
        engine.load(artefact.replace(b"50", b"49", 1))


def test_an_artefact_of_another_configuration_is_refused(engine: Engine) -> None:
    config = wasmtime.Config()
    config.consume_fuel = True
    other = wasmtime.Module(wasmtime.Engine(config), ADD)
    with pytest.raises(UnsupportedModule):
        engine.load(bytes(other.serialize()))


def test_a_missing_artefact_file_is_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedModule):
        engine.load(tmp_path / "none")


def test_several_threads_compile_with_one_engine(engine: Engine) -> None:
    results: list[int] = []

    def work(n: int) -> None:
        text = ADD.replace("i32.add", "i32.sub") + " " * n
        results.append(add(engine, engine.compile(bytes(wasmtime.wat2wasm(text))), 9, n))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [6, 7, 8, 9]


def test_code_outlives_the_name_of_its_engine() -> None:
    engine = Engine()
    code = engine.compile(bytes(wasmtime.wat2wasm(ADD)))
    gone = weakref.ref(engine)
    del engine
    assert add(code.engine, code, 1, 1) == 2
    gc.disable()
    try:
        del code
        assert gone() is None, "freed without the garbage collector"
    finally:
        gc.enable()
