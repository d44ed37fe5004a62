"""Interface IR -> the files of a typed Python package around one module.

NAME/__init__.py     load(), instantiate(), and the exports on one default instance
NAME/__init__.pyi    the types and the Rust documentation
NAME/_shapes.py      a TypedDict for each plain interface that the crate declares in TypeScript
NAME/_bindings.py    the straight-line bindings, as they are made for a module that is loaded
NAME/NAME.wasm       rustc's module as it was given
NAME/py.typed
NAME/typescript.d.ts what the crate says to TypeScript users by itself, when it does
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from unpoison.bindgen.hints import with_hints
from unpoison.bindgen.interface import Import, Interface
from unpoison.bindgen.naming import PythonNames, python_name
from unpoison.bindgen.shape_source import is_shape_name, make_shapes
from unpoison.bindgen.stub_source import SOURCES, make_stub, package_docs
from unpoison.bindgen.text import Text, docstring
from unpoison.bindgen.typescript_names import TypeScriptNames, read_names

OWN_NAMES = ("Exports", "Imports", "instantiate", "load")
"""Names of the package itself; an export of the same name is reached through `load()` only."""


_TYPESCRIPT = "// From #[wasm_bindgen(typescript_custom_section)]; documentation only.\n"


def make_package(
    interface: Interface, python_source: str, required: Sequence[Import], wasm: bytes
) -> tuple[str, dict[str, bytes]]:
    """Give the package's name and its files by name; the same input gives the same bytes.

    `required` are the imports that an embedder must give.
    """
    wanted = {(item.wasm_module, item.wasm_name) for item in required}
    names = PythonNames(interface)
    given, interface, paths = interface, names.interface, names.paths
    name = python_name(interface.name)
    classes = [python_name(cls.name) for cls in interface.classes]
    typescript = _typescript_names(given, interface, paths)
    shapes = typescript.shapes()
    interface = with_hints(interface, typescript.with_prefix("_"))
    required = [i for i in interface.imports if (i.wasm_module, i.wasm_name) in wanted]
    stub = make_stub(interface, required, OWN_NAMES, paths, sorted(shapes))
    files = {
        "__init__.py": _make_init(name, interface, bool(required), paths, sorted(shapes)).encode(),
        "__init__.pyi": stub.encode(),
        "_bindings.py": python_source.encode(),
        f"{name}.wasm": wasm,
        "py.typed": b"",
    }
    if shapes:
        aliases = {f"_{item}": item for item in classes}
        files["_shapes.py"] = make_shapes(interface.name, typescript, shapes, aliases).encode()
    if interface.typescript:
        files["typescript.d.ts"] = "\n".join([_TYPESCRIPT, *interface.typescript, ""]).encode()
    return name, files


def _typescript_names(
    given: Interface, named: Interface, paths: Mapping[str, tuple[str, ...]]
) -> TypeScriptNames:
    """Give what TypeScript's names mean here: shapes are beside what the package has already."""
    classes = {
        cls.name: f"_{python_name(here.name)}"
        for cls, here in zip(given.classes, named.classes, strict=True)
    }
    # As a JavaScript value an enum is its number or its string.
    classes |= {enum.name: "str" if enum.hole is None else "int" for enum in given.enums}
    known = {*OWN_NAMES, *exported_names(named, paths), *(enum.name for enum in named.enums)}
    known |= {*SOURCES, *(path[0] for path in paths.values())}

    def is_taken(name: str) -> bool:
        return name in known or not is_shape_name(name)

    return read_names(given.typescript, classes, is_taken)


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
    name: str,
    interface: Interface,
    needs_imports: bool,
    paths: Mapping[str, tuple[str, ...]],
    shapes: Sequence[str],
) -> str:
    """Give the package's own code; its own names begin with an underscore, as no export's do."""
    names = "\n".join(f'        "{item}",' for item in exported_names(interface, paths))
    text = Text()
    text.add(*docstring(package_docs(interface)), "")
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
    text.add("from ._bindings import bind as _bind")
    if shapes:
        names_here = sorted(shapes, key=_isort_key)
        text.add("from ._shapes import (", *(f"    {item}," for item in names_here), ")")
    text.add("")
    listed = sorted({*enums, *shapes, "instantiate", "load"})
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
