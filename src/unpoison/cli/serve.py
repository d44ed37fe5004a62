"""`unpoison serve`: a Rust Worker behind HTTP."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from unpoison.cli.exits import EXIT_CODES_HELP
from unpoison.cli.terminal import print_step, progress

if TYPE_CHECKING:
    from unpoison.workers import Blueprint, Host, Server, Worker

F = TypeVar("F", bound=Callable[..., Any])


def worker_options(command: F) -> F:
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
                "--object-recovery", type=click.Choice(["reinit", "rollback"]), default="reinit",
                show_default=True,
                help="A Durable Object whose code aborts is made anew (reinit), or goes on from "
                "when it was last idle, where that loses nothing (rollback).",
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
            click.option("--json", "as_json", is_flag=True, help="Write logs as JSON lines."),
        )
    ):  # fmt: skip
        command = add(command)
    return command


@click.command(epilog=EXIT_CODES_HELP)
@worker_options
@click.option(
    "--admin-port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Serve /metrics, /health and a status page there.",
)
@click.option(
    "--grace",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0),
    help="Seconds that a stop waits for what is under way.",
)
def serve(target: Path, neighbours: tuple[Path, ...], grace: float, **options: Any) -> None:
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

    run(_serve((target, *neighbours), grace, **options))


async def _serve(
    targets: Sequence[Path],
    grace: float,
    *,
    environment: str | None,
    host: str,
    port: int,
    admin_port: int | None,
    as_json: bool,
    **options: Any,
) -> None:
    from unpoison.workers import Host, Ports, config_for, install_logs, make_workers
    from unpoison.workers import host as run_host

    hosted = Host(config_for(targets[0], environment)[0].name)
    say = teller(as_json)
    with install_logs(sys.stderr, as_json=as_json, observer=hosted.observers):
        blueprints = [_read(target, environment, say) for target in targets]
        hosted.workers = make_workers(blueprints, **worker_settings(hosted, **options))
        for line in missing_of(hosted.workers):
            say(line)
        await run_host(
            hosted, Ports(host, port, admin_port), grace=grace, ready=tell_addresses(hosted, say)
        )


def _read(target: Path, environment: str | None, say: Callable[[str], None]) -> Blueprint:
    from unpoison.workers import read_blueprint

    with progress(f"reading {target}"):
        return read_blueprint(target, environment, progress=say)


def teller(as_json: bool) -> Callable[[str], None]:
    """Give what tells a step: a line for a person, or one of the log when that is JSON."""
    return logging.getLogger("unpoison.cli").info if as_json else print_step


def worker_settings(
    hosted: Host,
    *,
    isolation: Literal["exclusive", "shared"],
    object_recovery: Literal["reinit", "rollback"],
    max_instances: int | None,
    state: Path | None,
    allowed: tuple[str, ...],
    allow_private: bool,
) -> dict[str, Any]:
    """Give what `make_workers` takes, of what the command line says."""
    from unpoison.web import Fetch
    from unpoison.workers import MAX_INSTANCES

    return {
        "isolation": isolation,
        "object_recovery": object_recovery,
        "max_instances": max_instances or MAX_INSTANCES,
        "state": state,
        "fetch": Fetch(allow=allowed, allow_private=allow_private) if allowed else None,
        "observer": hosted.observers,
    }


def missing_of(workers: Sequence[Worker]) -> Iterator[str]:
    """Say what of the configurations is not provided."""
    for worker in workers:
        yield from (f"{worker.name}: {line}" for line in worker.missing())


def tell_addresses(
    hosted: Host, say: Callable[[str], None]
) -> Callable[[Server, Server | None], None]:
    """Give what says where a server listens, once it does."""

    def tell(server: Server, admin: Server | None) -> None:
        say(f"{hosted.name}: {server.url}")
        if admin is not None:
            say(f"status, /metrics and /health: {admin.url}")

    return tell
