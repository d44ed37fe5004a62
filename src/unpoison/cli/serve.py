"""`unpoison serve`: a Rust Worker behind HTTP."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from unpoison.cli.exits import EXIT_CODES_HELP
from unpoison.cli.terminal import print_step, progress

if TYPE_CHECKING:
    from unpoison.workers import Host, Server, Worker

F = TypeVar("F", bound=Callable[..., Any])

STATE = Path(".unpoison") / "state"
"""Where stored data is kept, beside the configuration."""

TARGET_HELP = "a folder, a wrangler configuration, or a .wasm"


def options_of_a_worker(command: F) -> F:
    """Add the options that `serve` and `dev` have in common."""
    for add in reversed(
        (
            click.argument("target", default=".", type=click.Path(exists=True, path_type=Path)),
            click.option("--port", default=8787, show_default=True, type=click.IntRange(0, 65535)),
            click.option("--host", default="localhost", show_default=True),
            click.option(
                "-e", "--env", "environment", metavar="NAME",
                help="Use env.NAME of the configuration.",
            ),
            click.option(
                "--with", "neighbours", metavar="TARGET", multiple=True,
                type=click.Path(exists=True, path_type=Path),
                help="Another worker that bindings of the first may name.",
            ),
            click.option(
                "--isolation", type=click.Choice(["exclusive", "shared"]), default="exclusive",
                show_default=True,
                help="exclusive: one request at a time per instance, an instance per object; "
                "shared: one instance for all, as on the platform.",
            ),
            click.option(
                "--max-instances", type=click.IntRange(1), metavar="N",
                help="Instances for requests, in exclusive mode; beyond them requests wait. "
                "[default: 32]",
            ),
            click.option(
                "--state", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
                help="The folder of stored data. [default: .unpoison/state by the configuration]",
            ),
            click.option(
                "--allow-fetch", "allowed", metavar="ORIGIN", multiple=True,
                help="An origin that the worker may fetch from, such as https://api.example.com; "
                "* for every public one.",
            ),
            click.option(
                "--allow-private", is_flag=True,
                help="Let those names stand for this machine and private networks too.",
            ),
            click.option(
                "--admin-port", type=click.IntRange(0, 65535), metavar="PORT",
                help="Serve /metrics, /health and a status page there.",
            ),
            click.option("--json", "as_json", is_flag=True, help="Write logs as JSON lines."),
        )
    ):  # fmt: skip
        command = add(command)
    return command


@click.command(epilog=EXIT_CODES_HELP)
@options_of_a_worker
@click.option(
    "--grace",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0),
    help="Seconds that a stop waits for what is under way.",
)
def serve(target: Path, grace: float, **options: Any) -> None:
    """Serve a Rust Worker (crate `worker`) over HTTP, with Durable Objects and KV.

    TARGET is a folder with a wrangler.toml or wrangler.jsonc, such a file, or a .wasm as rustc
    emits it. Without a .wasm the crate beside the configuration is built first. Data is stored
    below --state. SIGTERM and Ctrl-C let what is under way finish; a second one does not.

    An abort of the Rust code, an endless loop or a memory that is full costs one request and
    nothing else. Needs the extra: pip install 'unpoison[workers]'.

    \b
    Examples:
      unpoison serve
      unpoison serve path/to/worker --port 8080 --env staging
      unpoison serve worker.wasm --admin-port 9090 --json
    """
    from unpoison.workers import run

    run(_serve(target, grace, **options))


async def _serve(
    target: Path, grace: float, *, host: str, port: int, admin_port: int | None, as_json: bool,
    **options: Any,
) -> None:  # fmt: skip
    from unpoison.workers import Host, Ports, install_logs
    from unpoison.workers import host as run_host

    hosted = Host(target.resolve().stem)
    with install_logs(sys.stderr, as_json=as_json, observer=hosted.observers):
        hosted.workers = make_workers(target, hosted, **options)
        name_what_is_missing(hosted)
        await run_host(
            hosted, Ports(host, port, admin_port), grace=grace, ready=tell_addresses(hosted)
        )


def make_workers(
    target: Path,
    hosted: Host,
    *,
    environment: str | None,
    neighbours: tuple[Path, ...],
    isolation: Literal["exclusive", "shared"],
    max_instances: int | None,
    state: Path | None,
    allowed: tuple[str, ...],
    allow_private: bool,
) -> list[Worker]:
    """Make the worker of a target, then those of its neighbours, all knowing each other."""
    from unpoison.web import Fetch
    from unpoison.workers import MAX_INSTANCES

    fetch = Fetch(allow=allowed, allow_private=allow_private) if allowed else None
    made: list[Worker] = []
    for each in reversed((target, *neighbours)):
        made.insert(
            0,
            make_worker(
                each,
                environment=environment,
                isolation=isolation,
                max_instances=max_instances or MAX_INSTANCES,
                state=state,
                fetch=fetch,
                services=tuple(made),
                observer=hosted.observers,
            ),
        )
    return made


def make_worker(
    target: Path, *, environment: str | None, state: Path | None, **options: Any
) -> Worker:
    """Make the worker of a folder, a configuration or a module."""
    from unpoison.workers import Worker, config_for, find_module

    config, given = config_for(target, environment)
    with progress(f"reading {config.name}"):
        module = find_module(config, given, print_step)
        return Worker.of(config, module, state=state or config.folder / STATE, **options)


def name_what_is_missing(hosted: Host) -> None:
    """Say once what of the configuration is not provided."""
    for worker in hosted.workers:
        for binding in worker.config.refused:
            print_step(
                f"{worker.name}: {binding.name} ({binding.key}) is not provided; its use is refused"
            )
        for key in worker.config.unknown:
            print_step(f"{worker.name}: the key {key} says nothing to unpoison")


def tell_addresses(hosted: Host) -> Callable[[Server, Server | None], None]:
    """Give what says where a server listens, once it does."""

    def tell(server: Server, admin: Server | None) -> None:
        print_step(f"{hosted.worker.name}: {server.url}")
        if admin is not None:
            print_step(f"status, /metrics and /health: {admin.url}")

    return tell
