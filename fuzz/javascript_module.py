"""Law: a module for JavaScript is as valid as what it was made of, or refused by our own error."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import wasmtime

from fuzz._wasm import main, mutate
from unpoison.bindgen import read_interface
from unpoison.errors import UnpoisonError
from unpoison.transform import Adapted, Options, make_javascript_module
from unpoison.wasm import FuncDesc, FunctionBody, Module

CRATES = Path(__file__).resolve().parent.parent / "tests" / "crates"

SECONDS = 10
"""What the interpreter of descriptors may take when it is led astray, and the rest."""


def check(seed: int) -> None:
    rng = random.Random(seed)
    choice = rng.choice((_whole, _body, _exports, _types, _untouched))
    data = choice(rng, rng.choice(_modules()))
    started = time.process_time()
    try:
        adapted = _made(data, rng)
    except UnpoisonError:
        return
    finally:
        assert time.process_time() - started < SECONDS
    _check_names(adapted)
    if _is_valid(data):
        assert _is_valid(adapted.wasm)


def _made(data: bytes, rng: random.Random) -> Adapted:
    interface = read_interface(Module.parse(data))
    options = Options(eh="exnref", force_abort_handler=rng.random() < 0.3)
    return make_javascript_module(Module.parse(data), interface, options)


def _check_names(adapted: Adapted) -> None:
    """Everything that the glue is told is there."""
    module = Module.parse(adapted.wasm)
    exports = [item.name for item in module.exports]
    assert len(exports) == len(set(exports))
    told = [item.name for item in adapted.exports.values()]
    told += [item.export.name for item in adapted.closures]
    told += [name for name in (adapted.start, adapted.memory, adapted.externrefs) if name]
    assert set(told) <= set(exports)
    imports = [(item.module, item.name) for item in module.imports]
    assert {(item.module, item.name) for item in adapted.imports} <= set(imports)


def _is_valid(wasm: bytes) -> bool:
    try:
        wasmtime.Module.validate(_engine(), wasm)
    except wasmtime.WasmtimeError:
        return False
    return True


def _whole(rng: random.Random, wasm: bytes) -> bytes:
    return mutate(rng, wasm)


def _body(rng: random.Random, wasm: bytes) -> bytes:
    """Change one byte of one function."""
    module = Module.parse(wasm)
    number = rng.randrange(len(module.bodies))
    data = bytearray(module.bodies[number].raw)
    data[rng.randrange(len(data))] = rng.getrandbits(8)
    module.replace_body(number, FunctionBody(bytes(data)))
    return module.emit()


def _exports(rng: random.Random, wasm: bytes) -> bytes:
    """Leave out some exports."""
    module = Module.parse(wasm)
    exports = list(module.exports)
    for _ in range(rng.randrange(1, 4)):
        del exports[rng.randrange(len(exports))]
    module.exports = exports
    return module.emit()


def _types(rng: random.Random, wasm: bytes) -> bytes:
    """Let imports and functions have the types of others."""
    module = Module.parse(wasm)
    imports, functions = list(module.imports), list(module.functions)
    for _ in range(rng.randrange(1, 4)):
        type_ = rng.choice(functions)
        if rng.random() < 0.5:
            place = rng.randrange(len(imports))
            imports[place] = replace(imports[place], desc=FuncDesc(type_))
        else:
            functions[rng.randrange(len(functions))] = type_
    module.imports, module.functions = imports, functions
    return module.emit()


def _untouched(_: random.Random, wasm: bytes) -> bytes:
    return wasm


@cache
def _engine() -> wasmtime.Engine:
    return wasmtime.Engine()


@cache
def _modules() -> tuple[bytes, ...]:
    """Give the small modules that rustc made."""
    files = sorted([*CRATES.glob("*/*.exnref.wasm"), *CRATES.glob("*/*.abort.wasm")])
    return tuple(data for path in files if len(data := path.read_bytes()) < 250_000)


if __name__ == "__main__":
    main(check)
