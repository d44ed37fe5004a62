"""What cargo says about a crate before anything is built."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unpoison.build.toolchain import TARGET, Toolchain
from unpoison.errors import ToolError


@dataclass(frozen=True, slots=True)
class Crate:
    """A crate that builds a cdylib, and where it and its dependencies lie.

    `library` is the name of the library target, which names the file that cargo writes;
    `build_directory` is where cargo keeps what it makes on the way, `target_directory` unless the
    user says otherwise; `siblings` tells that the workspace has other crates; `sources` maps each
    directory with source of others to the name it gets in the module; `dependencies` are the names
    of all packages that it needs, itself among them.
    """

    manifest: Path
    package: str
    library: str
    workspace: Path
    target_directory: Path
    build_directory: Path
    siblings: bool
    sources: tuple[tuple[Path, str], ...]
    dependencies: frozenset[str]


def read_crate(directory: Path, toolchain: Toolchain, env: Mapping[str, str]) -> Crate:
    """Ask cargo about the crate in a directory; it downloads what the crate depends on.

    Raises ToolError when the directory holds no crate, when cargo fails, or when the crate builds
    no cdylib.
    """
    manifest = _manifest(directory)
    facts = _metadata(manifest, toolchain, env)
    package = _package(facts, manifest)
    return Crate(
        manifest=manifest,
        package=package["name"],
        library=_library(package),
        workspace=Path(facts["workspace_root"]),
        target_directory=Path(facts["target_directory"]),
        # Cargo before 1.91 has one directory for both.
        build_directory=Path(facts.get("build_directory") or facts["target_directory"]),
        siblings=len(facts["workspace_members"]) > 1,
        sources=_sources(facts),
        dependencies=_dependencies(facts, package["id"]),
    )


def read_package(
    directory: Path, toolchain: Toolchain, env: Mapping[str, str]
) -> tuple[dict[str, Any], Path]:
    """Give what `cargo metadata` says about the crate itself, and its workspace's folder.

    What the manifest takes from its workspace is resolved. Raises as `read_crate` does.
    """
    manifest = _manifest(directory)
    facts = _metadata(manifest, toolchain, env)
    return _package(facts, manifest), Path(facts["workspace_root"])


def _manifest(directory: Path) -> Path:
    manifest = directory / "Cargo.toml"
    if not manifest.is_file():
        raise ToolError(f"{directory} is not a crate: it has no Cargo.toml")
    return manifest


def _metadata(manifest: Path, toolchain: Toolchain, env: Mapping[str, str]) -> dict[str, Any]:
    command = [
        str(toolchain.cargo),
        "metadata",
        "--format-version=1",
        f"--filter-platform={TARGET}",
    ]
    command += ["--manifest-path", str(manifest)]
    try:
        done = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False)
    except OSError as error:
        raise ToolError(f"{toolchain.cargo} does not run: {error}", missing=True) from error
    if done.returncode != 0:
        raise ToolError(f"cargo cannot read {manifest}:\n{done.stderr.strip()}")
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def _package(facts: dict[str, Any], manifest: Path) -> dict[str, Any]:
    wanted = manifest.resolve()
    for package in facts["packages"]:
        if Path(package["manifest_path"]).resolve() == wanted:
            found: dict[str, Any] = package
            return found
    raise ToolError(f"{manifest} is a workspace without a crate of its own; name one of its crates")


def _library(package: dict[str, Any]) -> str:
    for target in package["targets"]:
        if "cdylib" in target["crate_types"]:
            name: str = target["name"]
            return name
    raise ToolError(
        f"crate {package['name']} builds no WebAssembly module; "
        'add crate-type = ["cdylib"] to [lib] in its Cargo.toml'
    )


def _sources(facts: dict[str, Any]) -> tuple[tuple[Path, str], ...]:
    """Directories of dependencies: a registry's by its directory, all others one by one."""
    members = set(facts["workspace_members"])
    found: dict[Path, str] = {}
    for package in facts["packages"]:
        root = Path(package["manifest_path"]).parent
        if (package["source"] or "").startswith("registry+"):
            found[root.parent] = "/deps"
        elif package["id"] not in members:
            found[root] = f"/deps/{package['name']}-{package['version']}"
    return tuple(found.items())


def _dependencies(facts: dict[str, Any], package: str) -> frozenset[str]:
    """Names of what a package needs, directly or not: other members of the workspace are not."""
    names = {one["id"]: one["name"] for one in facts["packages"]}
    needed = {node["id"]: node["dependencies"] for node in facts["resolve"]["nodes"]}
    found: set[str] = set()
    waiting = [package]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(needed[one])
    return frozenset(names[one] for one in found)
