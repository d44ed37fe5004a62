"""Writing a package of bindings to disk; `bind` and `build` share it."""

from __future__ import annotations

from pathlib import Path


def write_package(wasm: bytes, folder: Path) -> Path:
    """Write the package of a module below `folder` and give its path.

    Files of an earlier package are overwritten. Raises what refuses the module, and OSError.
    """
    from unpoison.bindgen import make_package
    from unpoison.runtime import Module, Provider, find_providers

    module = Module.read(wasm)
    required = [
        item for item, given_by in find_providers(module).items() if given_by is Provider.EMBEDDER
    ]
    name, files = make_package(module.interface, module.python_source, required, wasm)
    package = folder / name
    package.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (package / file).write_bytes(content)
    return package
