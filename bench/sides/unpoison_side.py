"""Ours: the compiled path, or the pure one where `UNPOISON_PURE` is set."""

from __future__ import annotations

from pathlib import Path

from bench.sides import host
from unpoison.runtime import Instance, Module

MODULE = Path(__file__).parent.parent / "peers" / "work_bindgen" / "work_bindgen.legacy.wasm"
IMPORTS = {"host": host.host, "host_text": host.host_text, "host_fails": host.host_fails}


class Work:
    """The exports of one instance."""

    def __init__(self) -> None:
        self._module = Module.read(MODULE)
        self._exports = self._module.instantiate(imports=IMPORTS).exports
        self.f64s = host.f64s

    def another(self) -> Instance:
        """Give one more instance, which was called once."""
        made = self._module.instantiate(imports=IMPORTS)
        made.exports.bump()
        return made

    def __getattr__(self, name: str) -> object:
        return getattr(self._exports, name)
