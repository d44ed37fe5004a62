"""Interface IR -> the files of a typed Python package around one module.

NAME/__init__.py     load(), instantiate(), and the exports on one default instance
NAME/__init__.pyi    the types and the Rust documentation
NAME/_bindings.py    the straight-line bindings, as they are made for a module that is loaded
NAME/NAME.wasm       rustc's module as it was given
NAME/py.typed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from unpoison.bindgen.interface import Import, Interface
from unpoison.bindgen.naming import PythonNames, python_name
from unpoison.bindgen.stub_source import make_stub
from unpoison.bindgen.text import Text, docstring

OWN_NAMES = ("Exports", "Imports", "instantiate", "load")
"""Names of the package itself; an export of the same name is reached through `load()` only."""


def make_package(
    interface: Interface, python_source: str, required: Sequence[Import], wasm: bytes
) -> tuple[str, dict[str, bytes]]:
    """Give the package's name and its files by name; the same input gives the same bytes.

    `required` are the imports that an embedder must give.
    """
    wanted = {(item.wasm_module, item.wasm_name) for item in required}
    names = PythonNames(interface)
    interface, paths = names.interface, names.paths
    required = [i for i in interface.imports if (i.wasm_module, i.wasm_name) in wanted]
    name = python_name(interface.name)
    files = {
        "__init__.py": _make_init(name, interface, bool(required), paths).encode(),
        "__init__.pyi": make_stub(interface, required, OWN_NAMES, paths).encode(),
        "_bindings.py": python_source.encode(),
        f"{name}.wasm": wasm,
        "py.typed": b"",
    }
    return name, files


def exported_names(interface: Interface, paths: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Give what stands at module level when nothing must be given: functions, classes, namespaces.

    `paths` are those of `PythonNames`.
    """
    names = {python_name(export.name) for export in interface.functions}
    names |= {python_name(cls.name) for cls in interface.classes}
    names = {paths.get(name, (name,))[0] for name in names}
    return sorted(names - set(OWN_NAMES))


_LOADERS = '''
def instantiate(imports: _Any = None, **options: _Any) -> _Instance:
    """Make an instance: `.exports` has the functions and classes, the rest supervises.

    The options are those of `unpoison.Module.instantiate`.
    """
    return _module().instantiate(imports, bind=_bind, **options)


def load(imports: _Any = None, **options: _Any) -> _Any:
    """Make an instance and give its exports."""
    return instantiate(imports, **options).exports


@_cache
def _module() -> _Module:
    return _Module.read(_files(__name__).joinpath({wasm!r}).read_bytes())
'''

_DEFAULT = '''
_EXPORTED = frozenset(
    {{
{names}
    }}
)
_lock = _Lock()


@_cache
def _made() -> _Any:
    return load(recovery="reinit", threads="wait")


def _default() -> _Any:
    """Give the exports of the default instance, which the first use makes."""
    with _lock:
        return _made()


def __getattr__(name: str) -> _Any:
    if name in _EXPORTED:
        return globals().setdefault(name, getattr(_default(), name))
    raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")


def __dir__() -> list[str]:
    return sorted({{*globals(), *_EXPORTED}})
'''

_NEEDS_IMPORTS = """
_EXPORTED = frozenset(
    {{
{names}
    }}
)


def __getattr__(name: str) -> _Any:
    if name in _EXPORTED:
        raise AttributeError(
            f"{{name}} belongs to an instance: this module imports functions that you give; "
            f"use {{__name__}}.load(imports=...).{{name}}"
        )
    raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
"""


def _make_init(
    name: str, interface: Interface, needs_imports: bool, paths: Mapping[str, tuple[str, ...]]
) -> str:
    """Give the package's own code; its own names begin with an underscore, as no export's do."""
    names = "\n".join(f'        "{item}",' for item in exported_names(interface, paths))
    text = Text()
    text.add(*docstring([f"The Rust library {interface.name}, run by unpoison."]), "")
    text.add("from functools import cache as _cache")
    text.add("from importlib.resources import files as _files")
    if not needs_imports:
        text.add("from threading import Lock as _Lock")
    text.add("from typing import Any as _Any", "")
    text.add(
        "from unpoison import Instance as _Instance", "from unpoison import Module as _Module", ""
    )
    enums = sorted((python_name(item.name) for item in interface.enums), key=_isort_key)
    if enums:
        text.add("from ._bindings import (", *(f"    {item}," for item in enums), ")")
    text.add("from ._bindings import bind as _bind", "")
    listed = sorted({*enums, "instantiate", "load"})
    text.add("__all__ = [", *(f'    "{item}",' for item in listed), "]", "")
    text.add(_LOADERS.format(wasm=f"{name}.wasm").replace("'", '"'))
    text.add((_NEEDS_IMPORTS if needs_imports else _DEFAULT).format(names=names))
    return text.render()


def _isort_key(name: str) -> tuple[int, str, str]:
    """Order as isort does: constants, classes, others."""
    letters = name.strip("_")
    is_constant = len(letters) > 1 and letters.isupper()
    kind = 0 if is_constant else 1 if letters[:1].isupper() else 2
    return kind, name.lower(), name
