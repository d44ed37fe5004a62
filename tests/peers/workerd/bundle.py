"""A Rust Worker as workerd wants it: glue, shim and configuration in one folder.

The glue is that of wasm-bindgen's CLI with the options of worker-build; the shim does what
worker-build's does. The bindings are those of `examples/shop`; the compatibility date and the
variables are read from the wrangler.toml beside the module.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests import _peers
from unpoison.glue import Isolation, PackageOptions, make_javascript_package

HERE = Path(__file__).parent
CLASS = re.compile(r"^export class (\w+)", re.MULTILINE)
SNIPPET = re.compile(r"from '(\./snippets/[^']+)'")

CONFIG = """\
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "shop", worker = .shop),
    (name = "kv", worker = .kv),
    (name = "control", worker = .control),
    (name = "objects", disk = (path = "{objects}", writable = true)),
    (name = "internet", network = (allow = ["private", "public"])),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "shop"),
    (name = "control", address = "127.0.0.1:0", http = (), service = "control"),
  ],
);

const shop :Workerd.Worker = (
  modules = [
{modules}
  ],
  compatibilityDate = "{date}",
  bindings = [
{variables}
    (name = "STORE", kvNamespace = "kv"),
    (name = "COUNTER", durableObjectNamespace = "Counter"),
    (name = "SELF", service = "shop"),
  ],
  durableObjectNamespaces = [
    (className = "Counter", uniqueKey = "shop-Counter", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "objects"),
);

const kv :Workerd.Worker = (
  modules = [(name = "kv.mjs", esModule = embed "kv.mjs")],
  compatibilityDate = "{date}",
);

const control :Workerd.Worker = (
  modules = [(name = "control.mjs", esModule = embed "control.mjs")],
  compatibilityDate = "{date}",
  compatibilityFlags = ["service_binding_extra_handlers"],
  bindings = [(name = "WORKER", service = "shop")],
);
"""


def write_bundle(module: Path, folder: Path) -> Path:
    """Write all that workerd needs to run the module; give the configuration's file.

    The files of Durable Objects go to `objects` in the same folder.
    """
    _write_glue(module, folder)
    shim = (HERE / "shim.mjs").read_text()
    glue = folder / "index.js"
    text = glue.read_text().replace("import source ", "import ")
    glue.write_text(text)
    exports = [
        f"export const {name} = new Proxy(rust.{name}, remaking);\n" for name in CLASS.findall(text)
    ]
    (folder / "shim.mjs").write_text(shim + "".join(exports))
    return _write_config(module, folder, ["shim.mjs", "index.js", *_snippets(text)])


def write_package(module: Path, folder: Path, isolation: Isolation, instances: int) -> Path:
    """Write what `unpoison bind --target worker` makes of the module, to be run as it is."""
    options = PackageOptions(isolation=isolation, instances=instances)
    _, files = make_javascript_package(module.read_bytes(), "worker", options)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    scripts = [path for path in files if path.endswith(".js") and path != "index.js"]
    return _write_config(module, folder, ["worker/shim.mjs", "index.js", *scripts])


def _write_config(module: Path, folder: Path, scripts: list[str]) -> Path:
    for name in ("kv.mjs", "control.mjs"):
        shutil.copyfile(HERE / name, folder / name)
    objects = folder / "objects"
    objects.mkdir(exist_ok=True)
    config = folder / "config.capnp"
    wrangler = tomllib.loads(module.with_name("wrangler.toml").read_text())
    filled = CONFIG.format(
        date=wrangler["compatibility_date"],
        modules="\n".join(_modules(scripts)),
        objects=objects,
        variables="\n".join(_variables(wrangler["vars"], folder)),
    )
    config.write_text(filled)
    return config


def _write_glue(module: Path, folder: Path) -> None:
    command = [_peers.wasm_bindgen(), str(module), "--target", "module", "--no-typescript"]
    command += ["--out-dir", str(folder), "--out-name", "index"]
    command += ["--experimental-reset-state-function", "--force-enable-abort-handler"]
    subprocess.run(command, check=True, capture_output=True)


def _snippets(glue: str) -> list[str]:
    return [path.removeprefix("./") for path in SNIPPET.findall(glue)]


def _modules(scripts: list[str]) -> list[str]:
    """The worker's modules, its shim first: workerd takes the first for the worker itself."""
    return [f'    (name = "{name}", esModule = embed "{name}"),' for name in scripts] + [
        '    (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),'
    ]


def _variables(variables: Mapping[str, object], folder: Path) -> Iterator[str]:
    """A binding for each variable; its value is in a file, as it needs no quoting there."""
    for name, value in variables.items():
        kind, text = ("text", value) if isinstance(value, str) else ("json", json.dumps(value))
        (folder / f"{name}.var").write_text(text)
        yield f'    (name = "{name}", {kind} = embed "{name}.var"),'
