"""The fixtures of this room: the counter module, and an embedder whose imports a test programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import unpoison
from tests._memory import STATUS, anonymous_memory
from unpoison import Instance, Module
from unpoison.bindgen import INSIDE
from unpoison.engine import Store
from unpoison.engine.store import Exports as EngineExports

ROOT = Path(__file__).parents[2]
COUNTER = ROOT / "examples" / "counter"
STARTS = ROOT / "tests" / "crates" / "starts"

DIALECTS = ("legacy", "exnref")


class Embedder:
    """Whoever loads the counter: each import does what the attribute of its name does."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.instance: Instance = None  # type: ignore[assignment]
        self.risky: Callable[[int], object] = lambda n: n + 1
        self.thrower: Callable[[], object] = lambda: None
        self.reenter: Callable[[int], object] = lambda n: n
        self.apply: Callable[..., object] = lambda function, number: function(number)
        self.apply_mut: Callable[..., object] = lambda function, number: function(number)
        self.raw_hook: Callable[[int], object] = lambda n: n
        self.raw_plain: Callable[[int, float], object] = lambda n, factor: n * factor
        self.printed: list[str] = []
        self.errors: list[str] = []

    def imports(self) -> dict[str, Any]:
        """Give what the counter needs, programmable until the instance is closed."""
        return {
            "risky": lambda n: self.risky(n),
            "thrower": lambda: self.thrower(),
            "reenter": lambda n: self.reenter(n),
            "apply": lambda function, number: self.apply(function, number),
            "apply_mut": lambda function, number: self.apply_mut(function, number),
            "env": {
                "raw_hook": lambda n: self.raw_hook(n),
                "raw_plain": lambda n, factor: self.raw_plain(n, factor),
            },
            "console": {"log": self.printed.append, "error": self.errors.append},
        }

    def start(self, **options: Any) -> Any:
        """Make an instance, close the one before, and give what it exports."""
        self.close()
        self.instance = self.module.instantiate(self.imports(), **options)
        return self.instance.exports

    def close(self) -> None:
        if self.instance is not None:
            self.instance.close()

    @property
    def stack_pointer(self) -> int:
        return int(self.instance._supervisor.home.stack_pointer.get())

    def lock_is_free(self) -> bool:
        """Tell whether another thread could enter now."""
        lock = self.instance._supervisor.turn
        taken: list[bool] = []

        def take() -> None:
            taken.append(lock[False])
            if taken[0]:
                lock.release()

        in_thread(take)
        return taken[0]


def in_thread(function: Callable[[], object]) -> object:
    """Run a function in a thread of its own and give what it returns or raises."""
    import threading

    result: list[object] = []

    def run() -> None:
        try:
            result.append(function())
        except BaseException as error:  # noqa: BLE001 - given back to the test
            result.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return result[0]


def raiser(error: BaseException) -> Callable[..., Any]:
    """Give a function that raises this very exception."""

    def fail(*_: object) -> Any:
        raise error

    return fail


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Module]]:
    """Give a function that reads a `.wasm` file once per session."""
    known: dict[Path, Module] = {}
    before = os.environ.get("UNPOISON_CACHE_DIR")
    os.environ.setdefault("UNPOISON_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))

    def read(path: Path) -> Module:
        if path not in known:
            known[path] = unpoison.Module.read(path)
        return known[path]

    yield read
    if before is None:
        del os.environ["UNPOISON_CACHE_DIR"]


def _embed(modules: Callable[[Path], Module], dialect: str) -> Iterator[Embedder]:
    embedder = Embedder(modules(COUNTER / f"counter.{dialect}.wasm"))
    yield embedder
    embedder.close()


@pytest.fixture(params=DIALECTS)
def embedder(request: pytest.FixtureRequest, modules: Callable[[Path], Module]) -> Iterator[Any]:
    """Give an embedder of the counter built with panic=unwind, in each dialect."""
    yield from _embed(modules, request.param)


@pytest.fixture(params=(*DIALECTS, "abort"))
def any_embedder(
    request: pytest.FixtureRequest, modules: Callable[[Path], Module]
) -> Iterator[Any]:
    """Give an embedder of the counter in each dialect and panic strategy."""
    yield from _embed(modules, request.param)


@pytest.fixture
def one_embedder(modules: Callable[[Path], Module]) -> Iterator[Embedder]:
    """Give an embedder where the dialect makes no difference."""
    yield from _embed(modules, "legacy")


@pytest.fixture
def abort_embedder(modules: Callable[[Path], Module]) -> Iterator[Embedder]:
    """Give an embedder of the counter built with panic=abort."""
    yield from _embed(modules, "abort")


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the log of every run of guest code, by name; instances made from here on write it."""
    log: list[str] = []
    names: dict[int, tuple[str, object, EngineExports]] = {}
    find, prepare = EngineExports.function, Store.caller

    def function(self: EngineExports, name: str) -> Any:
        handle = find(self, name)
        names[id(handle)] = (name, handle, self)
        return handle

    def caller(self: Store, handle: Any, slot_count: int) -> Any:
        call = prepare(self, handle, slot_count)
        name, _, entries = names[id(handle)]

        def logged() -> int | None:
            if not entries.global_(INSIDE).get():  # else the entry refuses
                log.append(name)
            return call()

        return logged

    monkeypatch.setattr(EngineExports, "function", function)
    monkeypatch.setattr(Store, "caller", caller)
    return log


@pytest.fixture
def resident() -> Callable[[], int]:
    """Give a function that tells the resident memory of this process in bytes (Linux)."""
    if not STATUS.exists():
        pytest.skip(f"no {STATUS} on this system")
    return anonymous_memory


@pytest.fixture
def unraisable(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Give the errors of queued drops, which nobody can be given."""
    seen: list[BaseException] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda hook: seen.append(hook.exc_value))
    return seen
