"""Keeps the tests' artefacts out of the user's own cache; every process of a run shares them."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("UNPOISON_CACHE_DIR", str(ROOT / ".pytest_cache" / "artefacts"))
