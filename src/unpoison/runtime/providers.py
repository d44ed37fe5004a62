"""Who gives each import of a module, told without running it."""

from __future__ import annotations

from enum import Enum

from unpoison.bindgen import Import, ImportKind
from unpoison.runtime.border import Border
from unpoison.runtime.instance import Module
from unpoison.runtime.intrinsics import make_intrinsics
from unpoison.runtime.limits import Limits
from unpoison.runtime.supervisor import Supervisor
from unpoison.runtime.surface import Surface
from unpoison.runtime.world import make_world
from unpoison.web import PLATFORM_NAMES


class Provider(Enum):
    """Where an import comes from.

    ABSENT is a name of the platform that is not here: Rust gets an error when it calls it, as in
    JavaScript. NOBODY is an item that is not supported.
    """

    EMBEDDER = "you"
    UNPOISON = "unpoison"
    ABSENT = "not on this host"
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
    realm = make_world(supervisor.scheduler.realm)
    surface = Surface(realm, PLATFORM_NAMES, make_intrinsics(Border(supervisor, ())))
    return {item: _provider(surface, item) for item in module.interface.imports}


def _provider(surface: Surface, item: Import) -> Provider:
    if item.unsupported is not None:
        return Provider.NOBODY
    if surface.knows(item):
        return Provider.UNPOISON
    if item.kind is ImportKind.INTRINSIC:
        return Provider.NOBODY
    return Provider.ABSENT if surface.is_platform_name(item) else Provider.EMBEDDER
