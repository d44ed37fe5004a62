"""How each target finds its Wasm module, starts it, and says what it exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from unpoison.glue.call_source import indent
from unpoison.glue.context import Context
from unpoison.glue.names import is_identifier, key, literal
from unpoison.glue.options import Target

_WEB = """\
async function $load(source) {
    if (typeof Response !== "function" || !(source instanceof Response)) {
        const made = await WebAssembly.instantiate(source, $imports);
        return "instance" in made ? made : { instance: made, module: source };
    }
    if (!source.ok) throw new Error(`cannot fetch ${source.url}: status ${source.status}`);
    if (source.headers.get("Content-Type")?.startsWith("application/wasm")) {
        return WebAssembly.instantiateStreaming(source, $imports);
    }
    return WebAssembly.instantiate(await source.arrayBuffer(), $imports);
}

function $option(given, name) {
    const isObject = typeof given === "object" && given !== null;
    return isObject && Object.getPrototypeOf(given) === Object.prototype ? given[name] : given;
}

function initSync(options) {
    if ($wasm !== undefined) return $wasm;
    const source = $option(options, "module");
    $module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
    $begin(new WebAssembly.Instance($module, $imports));
    return $wasm;
}

async function $init(options) {
    if ($wasm !== undefined) return $wasm;
    let source = $option(options, "module_or_path") ?? new URL(FILE, import.meta.url);
    const isRequest = typeof Request === "function" && source instanceof Request;
    if (typeof source === "string" || source instanceof URL || isRequest) source = fetch(source);
    const { instance, module } = await $load(await source);
    if ($wasm !== undefined) return $wasm;
    $module = module;
    $begin(instance);
    return $wasm;
}

export { initSync, $init as default };"""
"""How the `web` target is started: by a URL, a response, bytes or a compiled module."""

REPLACEABLE = ("ReadableStream", "WebSocketPair")
"""The globals that `make` may be given instead of the host's: what outlives the answer."""

Exported = Mapping[str, str]
"""Names that a user sees, with the names inside of the text."""


def import_lines(target: Target, modules: Mapping[str, str]) -> list[str]:
    """Give the statements that import modules, by specifier, under names."""
    if target == "node":
        return [f"const {name} = require({literal(path)});" for path, name in modules.items()]
    return [f"import * as {name} from {literal(path)};" for path, name in modules.items()]


def source_import(context: Context) -> list[str]:
    """Give the statement that imports the Wasm module itself, where a target has one."""
    file = literal(f"./{context.options.name}_bg.wasm")
    if context.target == "module":
        return [f"import source $source from {file};"]
    return [f"import $source from {file};"] if context.target == "worker" else []


def export_lines(target: Target, exported: Exported) -> list[str]:
    """Give the statements that export names."""
    if target == "node":
        return [f"exports{_place(name)} = {local};" for name, local in exported.items()]
    if not exported:
        return []
    items = [
        name if name == local else f"{local} as {name if is_identifier(name) else literal(name)}"
        for name, local in exported.items()
    ]
    return ["export {", *(f"    {item}," for item in items), "};"]


def factory_lines(body: Sequence[str], exported: Exported) -> list[str]:
    """Give the function that makes one set of bindings, with an instance of its own."""
    given = [f"    {key(name)}: {local}," for name, local in exported.items()]
    lines = [*body, "", "return {", *given, "};"]
    params = f"{{ {', '.join(REPLACEABLE)} }} = globalThis, $ended = () => {{}}"
    return [f"export function make({params}) {{", *indent(lines), "}"]


def _place(name: str) -> str:
    return f".{name}" if is_identifier(name) else f"[{literal(name)}]"


def loading_lines(context: Context, body: str) -> list[str]:
    """Give what makes the first instance, and what makes the next ones, if there are any.

    `body` is the text that comes before.
    """
    lines = _begin_lines(context, body)
    if context.resets:
        lines += _reset_lines(context, body)
    return [*lines, *_LOADERS[context.target](context)]


def _begin_lines(context: Context, body: str) -> list[str]:
    adapted = context.adapted
    kept = {"$stack_pointer": adapted.stack_pointer, "$lent_slots": adapted.lent}
    used = {name: found for name, found in kept.items() if found is not None and name in body}
    lines = [
        f"let {', '.join(['$wasm', '$instance', '$module', *used])};",
        "",
        "function $begin(instance) {",
        "    $instance = instance;",
        "    $wasm = instance.exports;",
        *(f"    {name} = $wasm.{found}.value;" for name, found in used.items()),
    ]
    lines += ["    $depth++; try {", f"        $wasm.{adapted.start}();"]
    end = "    } catch (e) { $fail(e); } finally { $depth--; }"
    return [*lines, end, "}", ""]


def _reset_lines(context: Context, body: str) -> list[str]:
    """Give the function that puts a fresh instance in the place of the old one."""
    views = [
        f"    {line.removeprefix('let ')}"
        for line in body.splitlines()
        if line.startswith("let $") and "_view = new " in line
    ]
    words = ["    $words = new Int32Array(0);"] if context.recovers else []
    return [
        "function $reset() {",
        "    const instance = new WebAssembly.Instance($module, $imports);",
        "    $due = false;",
        "    $fault = undefined;",
        "    $generation++;",
        *views,
        *words,
        '    $abandon(new Error("The Wasm instance of this promise was replaced"));',
        *(["    $ended();"] if context.options.factory else []),
        "    try {",
        "        $begin(instance);",
        "    } catch (error) {",
        "        $schedule(); // What has not started is no instance to go on with.",
        "        throw error;",
        "    }",
        "}",
        "",
    ]


def _node(context: Context) -> list[str]:
    file = f"${{__dirname}}/{context.options.name}_bg.wasm"
    return [
        f'$module = new WebAssembly.Module(require("fs").readFileSync(`{file}`));',
        "$begin(new WebAssembly.Instance($module, $imports));",
    ]


def _module(context: Context) -> list[str]:
    return ["$module = $source;", "$begin(new WebAssembly.Instance($module, $imports));"]


def _bundler(context: Context) -> list[str]:
    return ["export function __wbg_set_wasm(exports) {", "    $begin({ exports });", "}"]


def _web(context: Context) -> list[str]:
    return _WEB.replace("FILE", literal(f"{context.options.name}_bg.wasm")).split("\n")


_LOADERS: Mapping[Target, Callable[[Context], Sequence[str]]] = MappingProxyType(
    {"node": _node, "web": _web, "bundler": _bundler, "module": _module, "worker": _module}
)
