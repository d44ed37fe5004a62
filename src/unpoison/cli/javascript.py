"""JavaScript packages on disk; `bind` and `build` share it, and its options."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

if TYPE_CHECKING:
    from unpoison.glue import PackageOptions

Target = Literal["python", "node", "web", "bundler", "module", "worker"]

F = TypeVar("F", bound=Callable[..., Any])

TARGETS = ("python", "node", "web", "bundler", "module", "worker")

_OPTIONS = (
    click.option(
        "--target",
        type=click.Choice(TARGETS),
        default="python",
        show_default=True,
        help="Who the bindings are for: Python, or one of the JavaScript hosts.",
    ),
    click.option(
        "--out-name", metavar="NAME", help="The stem of the JavaScript files; the crate's name."
    ),
    click.option("--no-typescript", is_flag=True, help="Write no NAME.d.ts."),
    click.option(
        "--reset-state", is_flag=True, help="Export __wbg_reset_state, which starts afresh."
    ),
    click.option(
        "--renew-after-abort", is_flag=True, help="Start afresh before the call after an abort."
    ),
    click.option(
        "--force-abort-handler",
        is_flag=True,
        help="With panic=abort: an error of JavaScript in an import without catch is an abort.",
    ),
    click.option(
        "--no-weak-refs", is_flag=True, help="Free nothing that JavaScript has collected."
    ),
    click.option(
        "--isolation",
        type=click.Choice(["shared", "exclusive"]),
        help="For a Worker: whether all share an instance, or each event and object has its own; "
        "shared by default.",
    ),
    click.option(
        "--instances",
        metavar="N",
        type=click.IntRange(1),
        help="With exclusive isolation: how many instances serve events at most, by default 16.",
    ),
    click.option("--no-names", is_flag=True, help="Leave the name section out of the module."),
)


def javascript_options(command: F) -> F:
    """Add the options of a JavaScript package to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def check_python_only(chosen: dict[str, Any]) -> None:
    """Refuse an option that means nothing for Python. Raises click.UsageError."""
    given = [name for name, value in chosen.items() if value]
    if given:
        option = "--" + given[0].replace("_", "-")
        raise click.UsageError(f"{option} is for JavaScript; choose --target {TARGETS[1]}, ...")


def package_options(chosen: dict[str, Any], eh: str) -> PackageOptions:
    """Give what a command's options ask for."""
    from unpoison.glue import PackageOptions
    from unpoison.symbols import demangle

    return PackageOptions(
        name=chosen["out_name"],
        eh=eh,  # type: ignore[arg-type]  # one of the choices
        typescript=not chosen["no_typescript"],
        reset_state=chosen["reset_state"],
        renew_after_abort=chosen["renew_after_abort"],
        force_abort_handler=chosen["force_abort_handler"],
        weak_refs=not chosen["no_weak_refs"],
        names="none" if chosen["no_names"] else "kept",
        readable=demangle,
        version=_own_version(),
        **{name: chosen[name] for name in ("isolation", "instances") if chosen[name] is not None},
    )


def _own_version() -> str:
    # importlib.metadata takes longer to import than to find what is looked for.
    for folder in sys.path:
        for info in Path(folder).glob("unpoison-*.dist-info"):
            return info.name.removeprefix("unpoison-").removesuffix(".dist-info")
    from importlib.metadata import version

    return version("unpoison")


def write_javascript(
    wasm: bytes, folder: Path, target: Target, options: PackageOptions
) -> tuple[str, list[str]]:
    """Write the package of a module into a folder: all of it, or nothing.

    Gives the stem of its files, and their paths in the folder. Files of an earlier package are
    replaced; a package.json that is there already stays as it is. Raises what refuses the module,
    and OSError.
    """
    from unpoison.glue import make_javascript_package

    assert target != "python"
    name, files = make_javascript_package(wasm, target, options)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "package.json").exists():
        files.pop("package.json", None)
    with tempfile.TemporaryDirectory(prefix=f".{name}.", dir=folder) as made:
        for path, content in files.items():
            file = Path(made, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        for path in files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(Path(made, path), folder / path)  # noqa: PTH105 - both are Paths
    return name, list(files)
