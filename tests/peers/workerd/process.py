"""workerd as a process: started on free ports of this machine, and stopped for good."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import _peers
from tests.peers.workerd.bundle import write_bundle, write_package
from unpoison.glue import Isolation

SECONDS_TO_STOP = 3.0  # it waits for ever for a request that hangs


@dataclass(frozen=True, slots=True)
class Workerd:
    """A worker that is served: its ports, its process, and its folder."""

    port: int
    control_port: int
    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def log(self) -> str:
        """What was written to its standard streams."""
        return (self.folder / "log").read_text(errors="replace")


@contextmanager
def serve(
    module: Path, folder: Path | None = None, ours: Isolation | None = None, instances: int = 16
) -> Iterator[Workerd]:
    """Serve a module on workerd; what its objects store is in the folder, kept when it is given.

    With `ours` the JavaScript is that of unpoison, with this isolation and at most so many
    instances for events, else that of the CLI.

    Skips the test (fails in CI) when workerd or the wasm-bindgen CLI are not there.
    """
    program = _peers.workerd()
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if ours:
            config = write_package(module, folder, ours, instances)
        else:
            config = write_bundle(module, folder)
        process, ports = stack.enter_context(running(program, config))
        yield Workerd(ports["http"], ports["control"], process, folder)


MODULES = """
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "main"),
    (name = "control", address = "127.0.0.1:0", http = (), service = "main"),
  ],
);
const main :Workerd.Worker = (
  modules = [
%s
  ],
  compatibilityDate = "2026-03-01",
);
"""
"""One worker at each of the two sockets that `running` tells the ports of."""


def write_modules(config: Path, modules: Iterable[str]) -> None:
    """Write a configuration of one worker, of the modules that the lines name, for `running`."""
    config.write_text(MODULES % "\n".join(modules), encoding="utf-8")


@contextmanager
def running(program: str, config: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, int]]]:
    """Run the program until its sockets are open; give its process and the port of each."""
    reading, writing = os.pipe()
    command = [program, "serve", "--experimental", f"--control-fd={writing}", str(config)]
    with (config.parent / "log").open("wb") as log:
        process = subprocess.Popen(
            command, pass_fds=[writing], stdout=log, stderr=log, start_new_session=True
        )
    os.close(writing)
    try:
        with os.fdopen(reading) as events:
            yield process, _ports(events, config.parent / "log")
    finally:
        _stop(process)


def _ports(events: Iterator[str], log: Path) -> dict[str, int]:
    """The ports that it tells of on its control pipe, by the names of its sockets."""
    ports: dict[str, int] = {}
    for line in events:
        event = json.loads(line)
        if event["event"] == "listen":
            ports[event["socket"]] = event["port"]
        if {"http", "control"} <= ports.keys():
            return ports
    raise AssertionError(f"workerd did not start:\n{log.read_text(errors='replace')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
