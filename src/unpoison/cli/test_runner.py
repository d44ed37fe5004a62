"""`unpoison test-runner`: the runner that cargo starts for a test binary."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from unpoison.cli.terminal import print_error, progress

if TYPE_CHECKING:
    from unpoison.testing import Plan
    from unpoison.wasm import Module

Target = Literal["python", "node", "chromium"]

HELP = """\b
Exit codes:
  0  every test passed, or there was none to run
  1  a test failed, or the binary cannot be run
  2  usage: an option or an argument is wrong
"""
_TO_STDERR = ("warn", "error")


@click.command("test-runner", epilog=HELP)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("filter", required=False)
@click.option(
    "--target",
    type=click.Choice(["python", "node", "chromium"]),
    default="python",
    show_default=True,
    envvar="UNPOISON_TEST_TARGET",
    show_envvar=True,
    help="Where the tests run: here, in Node, or in a page of headless Chromium.",
)
@click.option("--exact", is_flag=True, help="Filters are whole names, not parts of names.")
@click.option("--skip", multiple=True, metavar="FILTER", help="Leave out tests with such a name.")
@click.option("--include-ignored", is_flag=True, help="Run tests marked #[ignore], too.")
@click.option("--ignored", is_flag=True, help="Run only tests marked #[ignore].")
@click.option("--list", "lists", is_flag=True, help="List the tests; run none.")
@click.option("--nocapture", is_flag=True, help="Show what tests print, as they print it.")
@click.option("--format", "_format", type=click.Choice(["terse"]), help="Has no effect.")
@click.option("--bench", is_flag=True, help="Run the benchmarks instead of the tests.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    envvar="WASM_BINDGEN_TEST_TIMEOUT",
    metavar="SECONDS",
    help="Stop a test that takes longer; the others go on. No limit by default, but 20 s in "
    "Chromium.",
)
@click.option(
    "--any-host",
    is_flag=True,
    help="Run a suite that asks for a browser or a worker; what needs its page fails.",
)
def test_runner(
    file: Path,
    filter: str | None,  # noqa: A002 - the name that the help shows
    target: Target,
    exact: bool,
    skip: tuple[str, ...],
    include_ignored: bool,
    ignored: bool,
    lists: bool,
    nocapture: bool,
    _format: str | None,
    bench: bool,
    timeout: float | None,
    any_host: bool,
) -> int:
    """Run the #[wasm_bindgen_test] suite of a test binary.

    cargo gives FILE, and after `--` what stands behind it. FILTER takes tests by a part of their
    name. Options, report and exit codes are those of wasm-bindgen-test-runner, but a test that
    ends its instance (an abort, a trap, a panic with panic=abort) fails alone: the others run in a
    fresh instance. With --target the tests run under the JavaScript that `unpoison bind` makes, in
    the node or chromium of PATH (or UNPOISON_NODE, UNPOISON_CHROMIUM); a suite that says
    run_in_browser runs in Chromium only. Benchmarks and coverage are of the Python host.

    \b
    Examples:
      export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER="unpoison test-runner"
      cargo test --target wasm32-unknown-unknown
      cargo test --target wasm32-unknown-unknown -- parser --nocapture
      UNPOISON_TEST_TARGET=chromium cargo test --target wasm32-unknown-unknown
    """
    from unpoison.errors import UnpoisonError
    from unpoison.testing import Plan, Selection, find_cases
    from unpoison.wasm import Module

    if include_ignored and ignored:
        raise click.UsageError("--ignored and --include-ignored cannot be given together")
    if bench and target != "python":
        raise click.UsageError("--bench is for --target python")
    try:
        wasm = file.read_bytes()
        binary = Module.parse(wasm)
        cases = find_cases(binary, benches=bench)
        selection = Selection(filter, skip, exact, ignored)
        chosen = [case for case in cases if selection.takes(case)]
        if lists:
            for case in chosen:
                click.echo(f"{case.name}: {'benchmark' if bench else 'test'}")
            return 0
        everything, captures = include_ignored or ignored, not (nocapture or bench)
        left_out = len(cases) - len(chosen)
        plan = Plan(chosen, left_out, everything, captures, is_bench=bench, limit=timeout)
        return _run(file, wasm, binary, plan, target, any_host)
    except (UnpoisonError, OSError) as error:
        print_error(error)
        return 1


def _run(
    file: Path, wasm: bytes, binary: Module, plan: Plan, target: Target, any_host: bool
) -> int:
    from unpoison.errors import UnsupportedModule
    from unpoison.testing import (
        find_host,
        find_mode,
        names_host,
        refusal,
        run_javascript_suite,
        skip_reason,
    )

    if not plan.cases:
        click.echo("no tests to run!")
        return 0
    mode = find_mode(binary, os.environ)
    reason = skip_reason(mode, os.environ)
    if reason is not None:
        click.echo(reason)
        return 0
    advice = refusal(mode, target, is_said=names_host(binary))
    if advice is not None and not any_host:
        raise UnsupportedModule(
            f"the suite asks for {mode.value}, which --target {target} is not",
            advice=f"{advice}; or --any-host to run it nevertheless; or set "
            "WASM_BINDGEN_TEST_ONLY_NODE to skip it",
        )
    if target == "python":
        return _run_here(file, wasm, plan)
    program = find_host(target, os.environ)
    return 0 if run_javascript_suite(wasm, plan, _Terminal(), target, program) else 1


def _run_here(file: Path, wasm: bytes, plan: Plan) -> int:
    from unpoison.runtime import Module
    from unpoison.testing import Baseline, Coverage, Keeper, run_suite

    with progress(f"loading {file.name}"):
        module = Module.read(wasm)
    keepers: list[Keeper] = [Coverage(os.environ.get("LLVM_PROFILE_FILE"))]
    if plan.is_bench:
        keepers.append(Baseline(_baseline_path()))
    return 0 if run_suite(module, plan, _Terminal(), keepers) else 1


def _baseline_path() -> Path:
    return Path(os.environ.get("WASM_BINDGEN_BENCH_RESULT") or "target/wbg_benchmark.json")


class _Terminal:
    """Writes the report to stdout, and `console` where Node writes it."""

    def line(self, text: str) -> None:
        click.echo(text)

    def console(self, method: str, text: str) -> None:
        click.echo(text, file=sys.stderr if method in _TO_STDERR else sys.stdout)
