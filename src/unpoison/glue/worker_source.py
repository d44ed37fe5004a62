"""The entry module of a Worker written with the crate `worker`, over the bindings' `make`.

Its default export is an entry point class with one method per exported function; each Durable
Object class is exported by its name, as a class that makes the object of Rust again, from the same
state and environment, when the instance that had it is gone.
"""

from __future__ import annotations

from collections.abc import Sequence

from unpoison.bindgen import Class, Export, ExportKind, Interface
from unpoison.glue.call_source import indent
from unpoison.glue.isolation_support import EXCLUSIVE, LIFE, SHARED, SOCKETS
from unpoison.glue.names import is_identifier, key, literal, member
from unpoison.glue.options import Isolation

_INIT = "__worker_init_state"
_EVENTS = ("fetch", "scheduled", "queue", "email", "connect")
"""The exported functions that get the environment and the context of their event."""

SHIM = """\
// Older configurations name this file as their main one.
export * from "../NAME.js";
export { default } from "../NAME.js";
"""


def is_worker(interface: Interface) -> bool:
    """Tell whether a module has the entry points of the crate `worker`."""
    return any(export.name == _INIT for export in interface.functions)


def make_worker_entry(
    interface: Interface, bindings: str, isolation: Isolation, instances: int
) -> str:
    """Give the text of the module that workerd starts.

    `bindings` is the specifier of the module whose `make` gives the bindings. With `exclusive`
    isolation, `instances` is how many serve events at most; further events wait for one.
    """
    exclusive = isolation == "exclusive"
    functions = [export for export in interface.functions if _is_entry(export)]
    objects = [cls for cls in interface.classes if is_object(cls)]
    parts = [
        'import { WorkerEntrypoint } from "cloudflare:workers";\n'
        f"import {{ make }} from {literal(bindings)};",
        SOCKETS,
        EXCLUSIVE.replace("INSTANCES", str(instances)) if exclusive else SHARED,
        *([LIFE] if objects else []),
        "\n".join(_entry_point(functions, exclusive=exclusive)),
        *("\n".join(_object(cls)) for cls in objects),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _is_entry(export: Export) -> bool:
    return not export.namespace and export.name != _INIT


def is_object(cls: Class) -> bool:
    """Tell whether a class is one of Durable Objects: made with `new`, it answers requests."""
    kinds = {(item.kind, item.name) for item in cls.members}
    is_made = any(kind is ExportKind.CONSTRUCTOR for kind, _ in kinds)
    is_seen = not cls.private and not cls.namespace and is_identifier(cls.name)
    return is_made and is_seen and (ExportKind.METHOD, "fetch") in kinds


def _entry_point(functions: Sequence[Export], *, exclusive: bool) -> list[str]:
    lines: list[str] = []
    for export in functions:
        shown, given = "...values", "...values"
        if export.name in _EVENTS:
            shown, given = "event", f"event, this.env, {'ctx' if exclusive else 'this.ctx'}"
        call = f"rust{member(export.name)}({given})"
        visit = f"visit(this.ctx, (rust, ctx) => {call})" if exclusive else f"visit({call})"
        lines += ["", f"{key(export.name)}({shown}) {{", f"    return {visit};", "}"]
    return ["export default class extends WorkerEntrypoint {", *indent(lines[1:]), "}"]


def _object(cls: Class) -> list[str]:
    lines = [
        "#object;",
        "",
        "constructor(state, env) {",
        f"    this.#object = begin({literal(cls.name)}, [state, env]);",
        "}",
    ]
    for item in cls.members:
        if item.kind is ExportKind.METHOD:
            call = f"this.#object(){member(item.name)}(...values)"
            lines += ["", f"{key(item.name)}(...values) {{", f"    return {call};", "}"]
    return [f"export class {cls.name} {{", *indent(lines), "}"]
