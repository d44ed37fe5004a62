"""What rustc calls the directories of this machine, so that no module holds their names.

Cargo builds a crate again when its flags change, the standard library too. So the flags that every
crate of a build is given name only what all crates of this machine share, and the crate's own
directory is named in flags that it alone is given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from unpoison.build.crate import Crate
from unpoison.build.toolchain import Toolchain

Names = list[tuple[Path, str]]


def machine_names(toolchain: Toolchain, env: Mapping[str, str]) -> Names:
    """Name what is the same for all crates: cargo's registries and the Rust itself."""
    cargo_home = _cargo_home(env)
    # All registries, not only those of the crate: the list must not depend on it.
    registries = sorted(path for path in cargo_home.glob("registry/src/*") if path.is_dir())
    # Not the whole sysroot: that is /usr of some systems, where crates may be.
    rust = [(toolchain.sysroot / "lib", "/sysroot/lib"), (toolchain.library, "/rust")]
    return [(cargo_home, "/cargo"), *((path, "/deps") for path in registries), *rust]


def near_names(crate: Crate, env: Mapping[str, str]) -> Names:
    """Name the source outside of cargo's home that is compiled in next to the crate's own.

    Empty for most crates: it takes path dependencies, vendored ones, or a workspace of several.
    """
    cargo_home = _cargo_home(env)
    workspace = [(crate.workspace, "/crate")] if crate.siblings else []
    near = [one for one in crate.sources if not one[0].is_relative_to(cargo_home)]
    return [*workspace, *near]


def own_names(crate: Crate, env: Mapping[str, str]) -> Names:
    """Name the crate's own directory, and the home that it may be in."""
    return [(_home(env), "/home"), (crate.workspace, "/crate")]


def remap_flags(names: Iterable[tuple[Path, str]]) -> list[str]:
    """Give one flag per directory; rustc uses the last that fits, so general ones come first."""
    return [f"--remap-path-prefix={path}={name}" for path, name in names if len(path.parts) > 1]


def digest_of(names: Names) -> str:
    """Give eight hexadecimal digits that tell these names from others."""
    return hashlib.sha256("\n".join(remap_flags(names)).encode()).hexdigest()[:8]


def _home(env: Mapping[str, str]) -> Path:
    return Path(env.get("HOME") or Path.home())


def _cargo_home(env: Mapping[str, str]) -> Path:
    return Path(env.get("CARGO_HOME") or _home(env) / ".cargo")
