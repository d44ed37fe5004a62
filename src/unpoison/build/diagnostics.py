"""What cargo and rustc print, as one error that helps."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from unpoison.errors import ToolError

_SHOWN = 3
_NO_LINKER = re.compile(r"linker `([^`]+)` not found")
_SUMMARY = "aborting due to"
_UNWIND_SAFE = re.compile(
    r"may (?:not be safely transferred across|contain interior mutability)"
    # wasm-bindgen's own trait, of which crates that were made before it know nothing.
    r"|: (?:\w+::)*MaybeUnwindSafe` is not satisfied"
)


@dataclass(slots=True)
class Report:
    """What a run of cargo said: files that it made, errors of rustc, its own lines."""

    files: list[str] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def read(self, line: str) -> None:
        """Take one line of `--message-format=json`; a line that is not JSON is skipped."""
        if not line.startswith("{"):
            return
        message = json.loads(line)
        if message["reason"] == "compiler-artifact":
            self.files.extend(message["filenames"])
        elif message["reason"] == "compiler-message" and message["message"]["level"] == "error":
            self.errors.append(message["message"])

    def failure(self, crate: str) -> ToolError:
        """The error that says why the build failed."""
        errors = [one for one in self.errors if not one["message"].startswith(_SUMMARY)]
        linkers = [found[1] for one in errors if (found := _NO_LINKER.search(one["message"]))]
        if linkers:
            return ToolError(_no_linker(linkers[0]), missing=True)
        unsafe = [error for error in errors if _is_unwind_safety(error)]
        if unsafe and len(unsafe) == len(errors):
            return ToolError(_unwind_safety(crate, unsafe))
        if errors:
            hint = f"\n\n{_hint(len(unsafe), len(errors))}" if unsafe else ""
            return ToolError(_compile_errors(crate, errors) + hint)
        return ToolError(f"cargo cannot build {crate}:\n{_tail(self.lines)}")


def _no_linker(name: str) -> str:
    return (
        f"this Rust has no linker for WebAssembly ({name}); rustup's own Rust brings one, "
        "on Debian and Ubuntu: apt-get install rust-web-llvm lld-22"
    )


def _is_unwind_safety(error: dict[str, Any]) -> bool:
    code = (error.get("code") or {}).get("code")
    return code == "E0277" and _UNWIND_SAFE.search(error["message"]) is not None


def _unwind_safety(crate: str, errors: Sequence[dict[str, Any]]) -> str:
    more = "" if len(errors) == 1 else f" and at {len(errors) - 1} more place(s)"
    return (
        f"{crate} does not compile with panic=unwind: {_place(errors[0])}{more}: "
        f"{errors[0]['message']}; wrap the value in std::panic::AssertUnwindSafe, "
        "implement UnwindSafe and RefUnwindSafe for its type, or build with --panic abort"
    )


def _hint(unsafe: int, errors: int) -> str:
    return (
        f"{unsafe} of the {errors} errors are about panic=unwind, which asks for UnwindSafe; "
        "a newer version of the crate may have it, or build with --panic abort, which does not ask"
    )


def _place(error: dict[str, Any]) -> str:
    span = next((one for one in error["spans"] if one["is_primary"]), error["spans"][0])
    return f"{span['file_name']}:{span['line_start']}"


def _compile_errors(crate: str, errors: Sequence[dict[str, Any]]) -> str:
    shown = [str(error["rendered"]).rstrip() for error in errors[:_SHOWN]]
    if len(errors) > _SHOWN:
        shown.append(f"... and {len(errors) - _SHOWN} more error(s)")
    return "\n\n".join([f"{crate} does not compile:", *shown])


def _tail(lines: Sequence[str]) -> str:
    """Cargo's own error: from its first line that says so, at most 20 lines."""
    start = next((i for i, line in enumerate(lines) if line.startswith("error")), 0)
    return "\n".join(lines[start:][:20])
