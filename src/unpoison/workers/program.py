"""A worker's module, read once, and how instances of it are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event
from typing import Final, Literal

from unpoison import js
from unpoison.errors import AbortError
from unpoison.runtime import Instance, Limits, Module
from unpoison.web import Fetcher, Request, Response
from unpoison.workers.clock import Clock
from unpoison.workers.scope import make_scope
from unpoison.workers.snippets import Refusal, missing_modules

MEMORY_BYTES: Final = 128 << 20
"""The platform's limit for one isolate; here for one instance. Workers docs, "Limits"."""

CPU_SECONDS: Final = 2.0
"""The default limit of CPU time for one event. Upstream's is 30 s; here one thread runs all guests,
and a guest that computes makes the others wait."""

START_SECONDS: Final = 10.0
"""How long the start functions may take."""


ObjectRecovery = Literal["reinit", "rollback"]
"""What becomes of a Durable Object whose code aborts: it is made anew, or goes on from the last
moment at which it was idle, where that loses nothing."""

OBJECT_RECOVERIES: Final[tuple[ObjectRecovery, ...]] = ("reinit", "rollback")


@dataclass(frozen=True)
class Program:
    """What every instance of a worker shares. `fetch` answers requests to the network, `imports`
    are Python objects in place of the crate's own JavaScript.
    """

    module: Module
    limits: Limits
    clock: Clock
    fetch: Fetcher | None = None
    imports: Mapping[str, object] = field(default_factory=dict)
    object_recovery: ObjectRecovery = "reinit"
    _is_linked: Event = field(default_factory=Event, compare=False)
    handlers: frozenset[str] = field(init=False, compare=False)
    """The names of the functions that it exports: `fetch`, `scheduled`, ..."""

    def __post_init__(self) -> None:
        names = frozenset(each.name for each in self.module.interface.functions)
        object.__setattr__(self, "handlers", names)

    @property
    def classes(self) -> frozenset[str]:
        """The names of the classes that it exports; Durable Objects are among them."""
        return frozenset(each.name for each in self.module.interface.classes)

    @cached_property
    def missing_modules(self) -> Mapping[str, Refusal]:
        """The JavaScript that the crate brings along and nobody has a Python object for."""
        given = {**make_scope().imports, **self.imports}
        return missing_modules(self.module.interface.imports, given)

    def instantiate(
        self, on_abort: Callable[[AbortError], object], recovery: ObjectRecovery = "reinit"
    ) -> Instance:
        """Make an instance. Raises LinkError, UnsupportedModule for one that cannot roll back, and
        what its start functions raise.

        All imports are looked for in the first one, and by the others when they are called. The
        crate's own JavaScript is refused when it is called.
        """
        scope = make_scope()
        made = self.module.instantiate(
            {**scope.imports, **self.missing_modules, **self.imports},
            recovery=recovery,
            on_abort=on_abort,
            limits=self.limits,
            start_timeout=START_SECONDS,
            fetch=self.fetch or _refuse_fetch,
            clock=self.clock,
            globals=scope.globals,
            lazy_imports=self._is_linked.is_set(),
        )
        self._is_linked.set()
        return made


async def _refuse_fetch(request: Request) -> Response:
    raise js.TypeError(
        f"fetch is off, so {request.url} cannot be asked; allow its origin with --allow-fetch, or "
        'give fetch=unpoison.web.Fetch(allow=["https://example.com"])'
    )
