"""Rebuild the committed modules: of the examples, the small crates of the tests, the benchmarks.

`python examples/build.py` builds every module again and replaces the files; with `--check` it
changes nothing and exits with 1 when a file would change.

The bytes depend on the version of the compiler; the committed ones are of Debian's rustc 1.96.0
(`RUSTC=/usr/bin/rustc CARGO=/usr/bin/cargo` chooses it where there is another one). The crates
share one build of the standard library, in `target`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from unpoison.build import Dialect, Panic, build

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("examples", "tests/crates")
BENCHED = ("bench/pages", "bench/peers/work_bindgen", "bench/peers/work_extism")
VARIANTS: dict[str, tuple[Dialect, Panic]] = {
    "legacy": ("legacy", "unwind"),
    "exnref": ("exnref", "unwind"),
    "abort": ("legacy", "abort"),
}


def main(arguments: list[str]) -> int:
    """Build all; with --check, report what differs and change nothing."""
    check = "--check" in arguments
    os.environ.setdefault("CARGO_BUILD_BUILD_DIR", str(ROOT / "target"))
    changed = [
        path for crate in crates() for path, built in variants(crate) if update(path, built, check)
    ]
    for path in changed:
        print(f"{'differs' if check else 'replaced'}: {path.relative_to(ROOT)}")
    return 1 if check and changed else 0


def crates() -> list[Path]:
    """Every crate of the repository."""
    patterns = [*(f"{folder}/*" for folder in FOLDERS), *BENCHED]
    found = [path for pattern in patterns for path in sorted(ROOT.glob(f"{pattern}/Cargo.toml"))]
    return [path.parent for path in found]


def variants(crate: Path) -> list[tuple[Path, bytes]]:
    """Each module of a crate with the bytes that it builds to now; a new crate gets all three."""
    paths = {crate / f"{crate.name}.{variant}.wasm": variant for variant in VARIANTS}
    kept = {path: variant for path, variant in paths.items() if path.exists()}
    return [(path, build_one(crate, variant)) for path, variant in (kept or paths).items()]


def build_one(crate: Path, variant: str) -> bytes:
    """Build one variant of a crate; gives the module's bytes."""
    eh, panic = VARIANTS[variant]
    with tempfile.TemporaryDirectory() as directory:
        built = build(crate, eh=eh, panic=panic, out_dir=directory, progress=print)
        return built.path.read_bytes()


def update(path: Path, built: bytes, check: bool) -> bool:
    """Whether the file differs from what was built; it is replaced unless this is a check."""
    if path.exists() and path.read_bytes() == built:
        return False
    if not check:
        path.write_bytes(built)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
