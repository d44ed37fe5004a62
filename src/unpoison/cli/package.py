"""Packages of bindings on disk, as a folder or as a wheel; `bind` and `build` share it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unpoison.build import Project


def make_files(wasm: bytes) -> tuple[str, dict[str, bytes]]:
    """Give the name of a module's package and its files. Raises what refuses the module."""
    from unpoison.bindgen import make_package
    from unpoison.runtime import Module, Provider, find_providers

    module = Module.read(wasm)
    required = [
        item for item, given_by in find_providers(module).items() if given_by is Provider.EMBEDDER
    ]
    return make_package(module.interface, module.python_source, required, wasm)


def write_package(wasm: bytes, folder: Path) -> Path:
    """Write the package of a module below `folder` and give its path.

    Files of an earlier package are overwritten. Raises what refuses the module, and OSError.
    """
    name, files = make_files(wasm)
    package = folder / name
    package.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (package / file).write_bytes(content)
    return package


def notes_about(package: str) -> tuple[str, ...]:
    """Give what stands against importing a package by its name."""
    from unpoison.build import name_clash

    clash = name_clash(package, package)
    return () if clash is None else (clash,)


def write_wheel(project: Project, wasm: bytes, folder: Path) -> tuple[Path, str, tuple[str, ...]]:
    """Write the wheel of a module into `folder`; give its path, import name and notes.

    A wheel of the same name is replaced. Raises as `make_wheel`, what refuses the module, OSError.
    """
    from unpoison.build import make_wheel, name_clash, source_date_epoch

    name, files = make_files(wasm)
    file, content = make_wheel(project, name, files, source_date_epoch(os.environ))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(content)
    clash = name_clash(name, project.metadata.name)
    return folder / file, name, project.notes if clash is None else (*project.notes, clash)
