"""`unpoison dev`: a Rust Worker behind HTTP that follows its source."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unpoison.cli.exits import EXIT_CODES_HELP
from unpoison.cli.serve import missing_of, tell_addresses, teller, worker_options, worker_settings
from unpoison.cli.terminal import print_error

if TYPE_CHECKING:
    from unpoison.workers import Blueprint, Worker

GRACE_SECONDS = 2.0
"""How long a stop waits for what is under way: nobody but the developer waits for an answer."""


@click.command(epilog=EXIT_CODES_HELP)
@worker_options
@click.option(
    "--admin-port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="PORT",
    help="The port of the status page, /metrics and /health. [default: a free one]",
)
def dev(target: Path, neighbours: tuple[Path, ...], **options: Any) -> None:
    """Serve a Rust Worker as `serve` does; rebuild and reload it when a file changes.

    Watched are the folders of build.watch_dir (./src by default), Cargo.toml, the configuration
    and the vars files, or the .wasm that is TARGET. While a build runs the worker of before goes
    on, and it stays when the build fails; the compiler's errors are shown. Stored data is kept.

    A request to /cdn-cgi/handler/scheduled?cron=... sends a scheduled event. The status page
    shows requests, panics, and aborts with their Rust backtraces. Needs the extra: pip install
    'unpoison[workers]'.

    \b
    Examples:
      unpoison dev
      unpoison dev path/to/worker --port 8080
      curl 'http://localhost:8787/cdn-cgi/handler/scheduled?cron=*+*+*+*+*'
    """
    from unpoison.workers import run

    run(_dev((target, *neighbours), **options))


async def _dev(
    targets: Sequence[Path],
    *,
    environment: str | None,
    host: str,
    port: int,
    admin_port: int,
    as_json: bool,
    **options: Any,
) -> None:
    from unpoison.workers import (
        Host,
        Ports,
        Reloader,
        TaggedFormatter,
        config_for,
        install_logs,
        make_workers,
        unless_stopped,
    )
    from unpoison.workers import host as run_host

    hosted = Host(config_for(targets[0], environment)[0].name, develops=True)
    settings = worker_settings(hosted, **options)
    say = teller(as_json)
    said: set[str] = set()

    def make(blueprints: Sequence[Blueprint]) -> list[Worker]:
        workers = make_workers(blueprints, **settings)
        for line in missing_of(workers):
            if line not in said:
                said.add(line)
                say(line)
        return workers

    reloader = Reloader(hosted, targets, environment, make, Telling(say, as_json))
    with install_logs(
        sys.stderr, as_json=as_json, text=TaggedFormatter(), observer=hosted.observers
    ):
        if not await unless_stopped(reloader.begin()):
            return
        reloading = asyncio.ensure_future(reloader.run())
        try:
            await run_host(
                hosted,
                Ports(host, port, admin_port),
                grace=GRACE_SECONDS,
                ready=tell_addresses(hosted, say),
            )
        finally:
            reloading.cancel()
            with suppress(asyncio.CancelledError):
                await reloading


class Telling:
    """Tells a developer what goes on. workers.Report"""

    def __init__(self, say: Callable[[str], None], as_json: bool) -> None:
        self.step = say
        self._as_json = as_json

    def built(self, line: str) -> None:
        """See workers.Report."""
        self.step(f"[build] {line}")

    def failed(self, error: Exception) -> None:
        """See workers.Report."""
        if self._as_json:
            logging.getLogger("unpoison.cli").error("%s: %s", type(error).__name__, error)
        else:
            print_error(error)
