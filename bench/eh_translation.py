"""How fast legacy exception handling is translated, beside Binaryen's pass: 5 MB in 2 s.

The 5 MB are the counter's functions over and over, with its data once and no names, so that
nearly every byte has to be looked at. Binaryen (its npm build, the whole process, as it is
used) reads and writes files; so its side includes the start of Node.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench._counter import COUNTER
from bench._measure import TOOLS, Comparison, Figure, MissingPeer, compare, looped
from unpoison.eh import to_exnref
from unpoison.wasm import Module

SIZE = 5_000_000
WANTED = 2.5  # MB/s, 1 MB = 10**6 bytes: 5 MB in 2 s
ROUNDS = 5
FEATURES = (
    "exception-handling",
    "bulk-memory",
    "sign-ext",
    "nontrapping-float-to-int",
    "mutable-globals",
    "multivalue",
    "reference-types",
)


def measure() -> Iterator[Figure | Comparison]:
    """Yield the best of ROUNDS in MB of module per second of one thread; then the ratio."""
    for what, wasm in (("the counter", COUNTER.read_bytes()), ("5 MB of code", repeated(SIZE))):
        best = min(looped(partial(to_exnref, wasm))(1) for _ in range(ROUNDS))
        yield Figure(f"legacy -> exnref, {what}", len(wasm) / best / 1e6, "MB/s", WANTED)
    yield from _beside_binaryen(repeated(SIZE))


def repeated(size: int) -> bytes:
    """Give a legacy module of about `size` bytes: the functions of the counter, repeated."""
    module = Module.parse(COUNTER.read_bytes())
    module.customs = []
    functions, bodies = list(module.functions), list(module.bodies)
    code = sum(body.end - body.start for body in bodies)
    times = max(1, (size - len(module.emit())) // code + 1)
    module.functions, module.bodies = functions * times, bodies * times
    return module.emit()


def _beside_binaryen(wasm: bytes) -> Iterator[Comparison]:
    program = TOOLS / "node_modules" / "binaryen" / "bin" / "wasm-opt"
    if not program.exists():
        raise MissingPeer("Binaryen")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "legacy.wasm"
        source.write_bytes(wasm)
        command = [str(program), str(source), "-o", str(Path(folder) / "exnref.wasm")]
        command += ["--translate-to-exnref", *(f"--enable-{name}" for name in FEATURES)]
        yield compare(
            "legacy -> exnref, 5 MB of code",
            looped(lambda: to_exnref(wasm)),
            looped(lambda: subprocess.run(command, check=True)),
            peer_name="Binaryen",
            target=1.0,
            rounds=ROUNDS,
        )
