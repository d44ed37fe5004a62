"""Who gives each import of a module, told without running it."""

from __future__ import annotations

from enum import Enum

from unpoison.bindgen import Import
from unpoison.runtime.border import Border
from unpoison.runtime.imports import UPSTREAM_CRATES, crate_name, provided
from unpoison.runtime.instance import Module
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.limits import Limits
from unpoison.runtime.supervisor import Supervisor
from unpoison.runtime.world import make_world


class Provider(Enum):
    """Where an import comes from; NOBODY means that Rust gets an error when it calls it."""

    EMBEDDER = "you"
    UNPOISON = "unpoison"
    NOBODY = "nobody yet"


def find_providers(module: Module) -> dict[Import, Provider]:
    """Give the provider of each import, as far as the module alone tells."""
    supervisor = Supervisor(
        module._program,
        Limits(),
        renews=False,
        waits=False,
        on_abort=None,
        start_timeout=None,
    )
    realm = make_world(Scheduler(set).realm)
    known = provided(module.interface, realm, Border(supervisor, ()))
    return {item: _provider(item, known[item.wasm_name]) for item in module.interface.imports}


def _provider(item: Import, is_known: bool) -> Provider:
    if item.unsupported is not None:
        return Provider.NOBODY
    if is_known:
        return Provider.UNPOISON
    upstream = item.crate is not None and crate_name(item.crate) in UPSTREAM_CRATES
    return Provider.NOBODY if upstream else Provider.EMBEDDER
