"""Where the tests keep what takes long to make; every process of a run shares it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("UNPOISON_CACHE_DIR", str(ROOT / ".pytest_cache" / "artefacts"))
# One standard library for all crates that the tests marked `toolchain` build.
os.environ.setdefault("CARGO_BUILD_BUILD_DIR", str(ROOT / "target"))
