"""Calls of different stores in different threads are in Wasm code at the same time."""

from __future__ import annotations

import threading

import wasmtime

from unpoison.engine import Cells, Engine, Slots, Store

STARTED, RELEASED = 0, 1

WAITS = """(module
  (memory (export "memory") 1)
  (func (export "wait")
    (i32.store (i32.const 0) (i32.const 1))
    (loop (br_if 0 (i32.eqz (i32.atomic.load (i32.const 4)))))))"""


class Waiting:
    """A thread in a call that ends when Python writes into the guest's memory."""

    def __init__(self, engine: Engine, wasm: bytes) -> None:
        self.store = Store(engine, Slots(1))
        exports = self.store.instantiate(engine.compile(wasm))
        self.cells: Cells = exports.memory("memory").cells(0, 8)
        self.call = self.store.caller(exports.function("wait"), 1)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        with self.store.deadline(30.0):
            self.call()

    def is_inside(self) -> bool:
        return bool(self.cells.i32[STARTED]) and self.thread.is_alive()

    def end(self) -> None:
        self.cells.i32[RELEASED] = 1
        self.thread.join()
        assert not self.store.slots.trap
        self.store.close()


def test_two_threads_are_in_wasm_code_while_a_third_runs_python() -> None:
    engine, wasm = Engine(), bytes(wasmtime.wat2wasm(WAITS))
    both = [Waiting(engine, wasm), Waiting(engine, wasm)]
    while not all(waiting.is_inside() for waiting in both):
        assert all(waiting.thread.is_alive() for waiting in both)
    for waiting in both:
        waiting.end()
