"""Every file of a JavaScript package: where it lies, what is in it, what is refused."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests._peers import node26, tsc
from unpoison.bindgen import read_interface
from unpoison.errors import UnsupportedModule
from unpoison.glue import (
    GlueOptions,
    PackageOptions,
    Target,
    make_declarations,
    make_javascript_package,
)
from unpoison.glue.packaging import _checked
from unpoison.wasm import Module

ROOT = Path(__file__).resolve().parents[2]
STATS = ROOT / "examples" / "stats" / "stats.legacy.wasm"
LINKED = ROOT / "tests" / "crates" / "linked" / "linked.legacy.wasm"
TARGETS: tuple[Target, ...] = get_args(Target)

each_target = pytest.mark.parametrize("target", TARGETS)


def files_of(wasm: Path, target: Target, **options: object) -> dict[str, bytes]:
    return make_javascript_package(wasm.read_bytes(), target, PackageOptions(**options))[1]  # type: ignore[arg-type]


@each_target
def test_the_files_are_where_users_of_the_cli_expect_them(target: Target) -> None:
    files = files_of(STATS, target)
    wanted = {"stats.js", "stats_bg.wasm", "stats.d.ts", "package.json"}
    assert set(files) == wanted | ({"stats_bg.js"} if target == "bundler" else set())
    assert files["stats_bg.wasm"].startswith(b"\0asm")


@each_target
def test_package_json_says_which_file_is_which(target: Target) -> None:
    files = files_of(STATS, target)
    said = json.loads(files["package.json"])
    assert (said["name"], said["main"], said["types"]) == ("stats", "stats.js", "stats.d.ts")
    assert said.get("type") == (None if target == "node" else "module")
    assert set(said["files"]) == set(files) - {"package.json"}


def test_another_name_and_no_declarations() -> None:
    files = files_of(STATS, "web", name="numbers", typescript=False)
    assert set(files) == {"numbers.js", "numbers_bg.wasm", "package.json"}
    assert b"numbers_bg.wasm" in files["numbers.js"]
    assert "types" not in json.loads(files["package.json"])
    assert b"self-types" not in files["numbers.js"]


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", "a\\b"])
def test_a_name_that_is_no_name_for_files_is_refused(name: str) -> None:
    if name:
        with pytest.raises(UnsupportedModule, match="no name for files"):
            files_of(STATS, "node", name=name)


def test_the_crates_own_javascript_comes_along() -> None:
    files = files_of(LINKED, "web")
    snippets = {path for path in files if path.startswith("snippets/")}
    text = files["linked.js"].decode()
    imported = {
        line.split('"')[1].removeprefix("./")
        for line in text.splitlines()
        if line.startswith("import") and '"./snippets/' in line
    }
    assert imported
    assert imported <= snippets
    assert json.loads(files["package.json"])["files"].count("snippets") == 1


@pytest.mark.parametrize(
    "path", ["snippets/../x.js", "/etc/x.js", "snippets//x.js", "snippets/a:b.js", "snippets/a\\b"]
)
def test_a_file_that_would_leave_the_package_is_refused(path: str) -> None:
    with pytest.raises(UnsupportedModule, match="would leave the package"):
        _checked(path)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert files_of(LINKED, "web") == files_of(LINKED, "web")


def test_names_can_be_left_out() -> None:
    assert len(files_of(STATS, "node", names="none")["stats_bg.wasm"]) < len(
        files_of(STATS, "node")["stats_bg.wasm"]
    )


SHOP = ROOT / "examples" / "shop" / "shop.legacy.wasm"


def test_a_worker_is_laid_out_as_worker_build_does() -> None:
    files = files_of(SHOP, "worker")
    wanted = {"index.js", "index_bg.js", "index_bg.wasm", "index.d.ts", "worker/shim.mjs"}
    rest = set(files) - wanted - {"package.json"}
    assert wanted <= set(files)
    assert all(path.startswith("snippets/") for path in rest)
    entry = files["index.js"].decode()
    assert "export default class extends WorkerEntrypoint" in entry
    assert "export class Counter" in entry
    assert "R2Range" not in entry  # It is no Durable Object.
    assert b'"../index.js"' in files["worker/shim.mjs"]


def test_another_target_of_a_worker_has_no_entry_point() -> None:
    assert {"shop.js", "shop_bg.wasm"} < set(files_of(SHOP, "web"))


def test_exclusive_isolation_bounds_its_instances() -> None:
    files = files_of(SHOP, "worker", isolation="exclusive", instances=3)
    assert b"guests.length >= 3" in files["index.js"]


def test_isolation_of_what_is_no_worker_is_refused() -> None:
    with pytest.raises(UnsupportedModule, match="only a Worker"):
        files_of(STATS, "worker", isolation="exclusive")


# --- peers ---


EACH_START: tuple[Target, ...] = ("node", "web")


def written(folder: Path) -> Iterator[Path]:
    for wasm in sorted([*ROOT.glob("tests/crates/*/*.wasm"), *ROOT.glob("examples/*/*.wasm")]):
        if wasm.name.endswith((".legacy.wasm", ".abort.wasm")):
            interface = read_interface(Module.parse(wasm.read_bytes()))
            for target in EACH_START:
                file = folder / f"{wasm.stem}.{target}.d.ts"
                text = make_declarations(interface, target, GlueOptions(interface.name))
                file.write_text(text, encoding="utf-8")
                yield file


SNIPPETS = """
const rust = await import(process.argv[1]);
const bytes = require("node:fs").readFileSync(process.argv[2]);
if (typeof rust.default === "function") await rust.default(bytes);
console.log(JSON.stringify([rust.snippets(), rust.padded("ab")]));
"""


@pytest.mark.peers
@pytest.mark.parametrize("target", ["node", "web", "module", "bundler"])
def test_the_crates_own_javascript_runs(target: Target, tmp_path: Path) -> None:
    for path, content in files_of(LINKED, target).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    module = tmp_path / "node_modules" / "left-pad"
    module.mkdir(parents=True)
    pad = "module.exports = (text, width) => text.padStart(width);\n"
    (module / "index.js").write_text(f"{pad}module.exports.default = module.exports;\n")
    command = [node26(), "--no-warnings", "-e", f"(async () => {{ {SNIPPETS} }})()"]
    done = subprocess.run(
        [*command, tmp_path / "linked.js", tmp_path / "linked_bg.wasm"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["one two 42 7", "   ab"]


@pytest.mark.peers
def test_tsc_accepts_every_declaration_strictly(tmp_path: Path) -> None:
    files = list(written(tmp_path))
    assert len(files) > 50
    lib = "es2022,dom,esnext.disposable"
    command = [tsc(), "--strict", "--noEmit", "--target", "es2022",
               "--lib", lib, *files]  # fmt: skip
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.stdout, done.returncode) == ("", 0)
