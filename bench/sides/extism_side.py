"""The same crate as a plug-in of Extism, called through its host in Python."""

from __future__ import annotations

import struct
import sys
from array import array
from importlib import import_module
from pathlib import Path
from typing import Any

from bench._measure import TOOLS
from bench.sides import host

sys.path.append(str(TOOLS / "extism"))
extism: Any = import_module("extism.extism")

MODULE = Path(__file__).parent.parent / "peers" / "work_extism" / "work_extism.abort.wasm"


class Work:
    """One plug-in. Its calls take and give bytes; what they mean is packed here."""

    def __init__(self) -> None:
        functions = [extism.host_fn(name="host_text")(host_text)]
        self._compiled = extism.CompiledPlugin(MODULE.read_bytes(), functions=functions)
        self._plugin = extism.Plugin(self._compiled)
        self._call = self._plugin.call
        self.f64s = host.f64s

    def another(self) -> Any:
        """Give one more plug-in, which was called once."""
        made = extism.Plugin(self._compiled)
        made.call("bump", b"")
        made.close = made.__del__
        return made

    def bump(self) -> int:
        """Give the counter's next value."""
        return int.from_bytes(self._call("bump", b""), "little")

    def add(self, left: int, right: int) -> int:
        """Add two numbers."""
        return int.from_bytes(
            self._call("add", struct.pack("<ii", left, right)), "little", signed=True
        )

    def text(self, text: str) -> str:
        """Give a text back."""
        return bytes.decode(self._call("text", text))

    def blob(self, data: bytes) -> Any:
        """Give bytes back."""
        return self._call("blob", data)

    def doubled(self, values: array[float]) -> array[float]:
        """Give numbers back, each doubled."""
        return array("d", self._call("doubled", values.tobytes()))

    def even(self, number: int) -> int:
        """Give the number, or raise for an odd one."""
        return int.from_bytes(self._call("even", number.to_bytes(4, "little")), "little")

    def boom(self) -> None:
        """Panic, which Extism reports as a trap."""
        self._call("boom", b"")

    def call_host_text(self, text: str) -> str:
        """Let the plug-in call the host with a text."""
        return bytes.decode(self._call("call_host_text", text))


def host_text(text: str) -> str:
    """Give the text back. The annotations say how Extism converts."""
    return host.host_text(text)


host_text.__annotations__ = {"text": str, "return": str}
