"""A module of rustc -> every file of its JavaScript package, by its path.

NAME.js            the bindings (for bundlers: NAME_bg.js, and NAME.js which links it)
NAME_bg.wasm       the module for JavaScript hosts
NAME.d.ts          what TypeScript sees
snippets/...       the JavaScript files of the crate that it imports, as its authors wrote them
package.json       which file is which

A Worker of the crate `worker` is laid out as worker-build does: NAME.js, by default index.js, is
its entry module, NAME_bg.js has the bindings, and worker/shim.mjs is NAME.js by its older name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from unpoison.bindgen import SECTION_NAME, Interface, Schema, read_interface, read_schema
from unpoison.eh import Dialect, dialect_of
from unpoison.errors import UnsupportedModule
from unpoison.glue.declarations import make_declarations
from unpoison.glue.javascript_source import make_bundler_javascript, make_javascript
from unpoison.glue.options import GlueOptions, Isolation, Target
from unpoison.glue.worker_source import SHIM, is_worker, make_worker_entry
from unpoison.transform import ExceptionHandling, Options, make_javascript_module
from unpoison.wasm import Module

_SNIPPETS = "./snippets/"


@dataclass(frozen=True, slots=True)
class PackageOptions:
    """What a user chooses about a JavaScript package.

    `name` is the stem of the files, the crate's by default. `eh` is the dialect of exception
    handling, "auto" leaves the module's own. `force_abort_handler` makes errors of JavaScript
    fatal in a module that cannot unwind. `isolation` and `instances`, how many serve events at
    most with an exclusive one, are for a Worker of the crate `worker`. `names` says whether the
    name section is kept, `readable` makes a symbol readable there. `version` is the one of
    unpoison, for the producers section.
    """

    name: str | None = None
    eh: ExceptionHandling = "auto"
    typescript: bool = True
    reset_state: bool = False
    renew_after_abort: bool = False
    force_abort_handler: bool = False
    weak_refs: bool = True
    isolation: Isolation = "shared"
    instances: int = 16
    names: Literal["kept", "none"] = "kept"
    readable: Callable[[str], str] | None = field(default=None, compare=False)
    version: str = ""


def make_javascript_package(
    wasm: bytes, target: Target, options: PackageOptions
) -> tuple[str, dict[str, bytes]]:
    """Give the stem of the files and every file by its path; the same input gives the same bytes.

    Raises MalformedModule and UnsupportedModule for what cannot be bound, also for a file of the
    crate whose path leaves the package.
    """
    module = Module.parse(wasm)
    interface = read_interface(module)
    works = target == "worker" and is_worker(interface)
    if options.isolation == "exclusive" and not works:
        raise UnsupportedModule(
            "only a Worker of the crate `worker`, with target worker, has instances to itself",
            advice="leave the isolation out",
        )
    name = options.name or ("index" if works else interface.name)
    if not name or "/" in name or "\\" in name or name.startswith("."):
        raise UnsupportedModule(f"{name!r} is no name for files", advice="give another one")
    adapted = make_javascript_module(
        module.copy(),
        interface,
        Options(
            import_module=f"./{name}_bg.js",
            eh=options.eh,
            force_abort_handler=options.force_abort_handler or (works and not _unwinds(module)),
            names=options.names,
            readable=options.readable,
            version=options.version,
        ),
    )
    glue = GlueOptions(
        name,
        options.reset_state,
        options.renew_after_abort or works,
        options.weak_refs,
        options.typescript,
        factory=works,
    )
    files: dict[str, bytes] = {f"{name}_bg.wasm": adapted.wasm}
    if target == "bundler":
        bindings, text = make_bundler_javascript(interface, adapted, glue)
        files[f"{name}_bg.js"] = bindings.encode()
    else:
        text = make_javascript(interface, adapted, target, glue)
    if works:
        files[f"{name}_bg.js"] = text.encode()
        files["worker/shim.mjs"] = SHIM.replace("NAME", name).encode()
        text = make_worker_entry(interface, f"./{name}_bg.js", options.isolation, options.instances)
    files[f"{name}.js"] = text.encode()
    if options.typescript:
        files[f"{name}.d.ts"] = make_declarations(interface, target, glue).encode()
    files |= _snippets(module, interface)
    files["package.json"] = _package_json(name, target, sorted(files), typescript=glue.typescript)
    return name, dict(sorted(files.items()))


def _package_json(name: str, target: Target, files: list[str], *, typescript: bool) -> bytes:
    """Give the package.json. https://docs.npmjs.com/cli/configuring-npm/package-json."""
    main = f"{name}.js"
    content: dict[str, object] = {"name": name, "files": _top(files), "main": main}
    if target != "node":
        content = {"name": name, "type": "module", "files": _top(files), "main": main}
    if typescript:
        content["types"] = f"{name}.d.ts"
    if target == "bundler":
        content["sideEffects"] = [f"./{main}", f"{_SNIPPETS}*"]
    return (json.dumps(content, indent=2) + "\n").encode()


def _top(files: Iterable[str]) -> list[str]:
    """Give the files and folders that stand at the top."""
    return sorted({file.partition("/")[0] for file in files})


def _unwinds(module: Module) -> bool:
    return dialect_of(module) is not Dialect.NONE


# --- the crate's own JavaScript ---


def _snippets(module: Module, interface: Interface) -> dict[str, bytes]:
    wanted = {
        item.js_module_names[-1]
        for item in interface.imports
        if item.js_module_names and item.js_module_names[-1].startswith(_SNIPPETS)
    }
    if not wanted:
        return {}
    known = _contents(module)
    # A file of the crate may import another one of it, so all of a crate's come along.
    crates = {path.removeprefix(_SNIPPETS).partition("/")[0] for path in wanted}
    files = {}
    for path, content in known.items():
        if path in wanted or path.removeprefix(_SNIPPETS).partition("/")[0] in crates:
            files[_checked(path.removeprefix("./"))] = content.encode()
    return files


def _contents(module: Module) -> dict[str, str]:
    """Give the text of every JavaScript file of the crates by the path that the CLI gives it."""
    sections = [custom.payload for custom in module.customs if custom.name == SECTION_NAME]
    schema: Schema = read_schema(sections)
    found: dict[str, str] = {}
    inline: dict[str, int] = {}
    for program in schema.programs:
        for item in program.local_modules:
            found[f"{_SNIPPETS}{item.identifier}"] = item.contents
        for text in program.inline_js:
            number = inline.get(program.crate, 0)
            inline[program.crate] = number + 1
            found[f"{_SNIPPETS}{program.crate}/inline{number}.js"] = text
    return found


def _checked(path: str) -> str:
    """Give a path that stays where it is put: it comes from the module."""
    parts = path.split("/")
    if (
        "\\" in path
        or "\0" in path
        or any(part in ("", ".", "..") or ":" in part for part in parts)
    ):
        raise UnsupportedModule(
            f"the module has a JavaScript file {path!r}, which would leave the package",
            advice="a module that rustc made has none such: do not trust it",
        )
    return path
