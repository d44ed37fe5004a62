"""Without the extra `workers`: everything else works, and what needs it says so in one line."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli._running import ROOT, STATS
from tests.cli._serving import write_worker
from unpoison.workers.extras import NEEDED

SHOP = ROOT / "examples" / "shop" / "shop.legacy.wasm"

PACKAGES = {
    "unpoison[fetch]": "httpx", "cronsim": "cronsim", "json5": "json5",
    "python-dotenv": "dotenv", "uvicorn": "uvicorn", "httptools": "httptools",
    "uvloop": "uvloop", "websockets": "websockets", "prometheus-client": "prometheus_client",
    "watchfiles": "watchfiles",
}  # fmt: skip
"""What the extra installs, and the name that it is imported by."""

ADVICE = "install it with: pip install 'unpoison[workers]'"


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """Give an environment in which none of the packages can be imported."""
    lines = "".join(f"sys.modules[{name!r}] = None\n" for name in PACKAGES.values())
    (tmp_path / "sitecustomize.py").write_text(f"import sys\n{lines}")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}


def python(bare: dict[str, str], *args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, env=bare, check=False)


def test_these_are_the_packages_of_the_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["optional-dependencies"]["workers"]
    assert {text.split(">")[0] for text in wanted} == PACKAGES.keys()


def test_what_is_said_to_be_missing_is_the_extra_but_for_the_faster_loop() -> None:
    assert set(NEEDED) == set(PACKAGES.values()) - {"uvloop"}


def test_the_library_and_the_room_are_imported(bare: dict[str, str]) -> None:
    done = python(bare, "-c", "import unpoison; print(unpoison.workers.Worker.__name__)")
    assert (done.stdout, done.stderr) == ("Worker\n", "")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["inspect", STATS], "mean"),
        (["run", STATS, "mean", "[1.0, 2.0]"], "1.5"),
        (["doctor"], "note workers        missing: cronsim, dotenv, httptools, httpx, "),
        (["serve", "--help"], "Usage:"),
        (["dev", "--help"], "Usage:"),
    ],
)
def test_other_commands_work(bare: dict[str, str], args: list[object], said: str) -> None:
    done = python(bare, "-m", "unpoison", *args)
    assert said in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["serve", "dev"])
@pytest.mark.parametrize(
    ("name", "text", "needs"),
    [
        ("wrangler.toml", 'name = "shop"', "measuring needs prometheus_client"),
        ("wrangler.jsonc", '{"name": "shop",}', "JSON with comments needs json5"),
        (".dev.vars", "A=1", "reading .dev.vars needs dotenv"),
    ],
)
def test_serving_names_the_extra(
    bare: dict[str, str], tmp_path: Path, command: str, name: str, text: str, needs: str
) -> None:
    folder = tmp_path / "shop"
    module = write_worker(folder, SHOP)
    (folder / name).write_text(text)
    done = python(bare, "-m", "unpoison", command, module, "--port", "0")
    assert done.returncode == 4
    assert done.stderr == f"unpoison: ToolError: {needs}; {ADVICE}\n"


def test_a_worker_in_a_program_needs_the_extra_for_its_cron_triggers_only(
    bare: dict[str, str], tmp_path: Path
) -> None:
    program = f"""
import asyncio
from unpoison.workers import Worker
async def main():
    async with Worker.from_config({str(tmp_path / "shop")!r}) as worker:
        print(await (await worker.fetch("http://shop/hello/ada")).text())
asyncio.run(main())
"""
    write_worker(tmp_path / "shop", SHOP)
    assert python(bare, "-c", program).stdout == "Hello, ada!\n"
    write_worker(tmp_path / "shop", SHOP, '[triggers]\ncrons = ["* * * * *"]')
    done = python(bare, "-c", program)
    assert f"ToolError: a cron trigger needs cronsim; {ADVICE}" in done.stderr
