"""What there is behind an import, told by its name alone: nothing is called, nothing is linked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from unpoison import js
from unpoison.bindgen import Import, ImportKind
from unpoison.runtime.intrinsics import PREFIX
from unpoison.runtime.js_names import key_of
from unpoison.runtime.lookup import Lookup

UPSTREAM_CRATES: Final = frozenset({"js-sys", "web-sys", "wasm-bindgen", "wasm-bindgen-futures"})
"""Crates whose names are all names of JavaScript or of the web platform."""

INDEXING: Final = frozenset(
    {ImportKind.INDEXING_GETTER, ImportKind.INDEXING_SETTER, ImportKind.INDEXING_DELETER}
)
RECEIVING: Final = INDEXING | {ImportKind.METHOD, ImportKind.GETTER, ImportKind.SETTER}
"""Imports that take the object on which they work as their first argument."""

OTHER_HOSTS: Final = frozenset(
    {"Buffer", "Bun", "Deno", "__dirname", "__filename", "exports", "global", "module", "process",
     "require"}
)  # fmt: skip
"""Global names of Node, Deno and Bun. Crates that run on several hosts look which of them it is
before they use one (getrandom 0.2: `module.require`)."""

_BY_PATH: Final = frozenset(
    {ImportKind.FUNCTION, ImportKind.CONSTRUCTOR, ImportKind.STATIC, ImportKind.INSTANCEOF,
     ImportKind.RAW, ImportKind.CLASS_SETTER, ImportKind.CLASS_INDEXING_GETTER,
     ImportKind.CLASS_INDEXING_SETTER, ImportKind.CLASS_INDEXING_DELETER}
)  # fmt: skip


class Surface:
    """What a realm offers to a guest, without anything of an embedder.

    `intrinsics` are the names of wasm-bindgen's own imports that are served; `platform_names` the
    global names of the web platform, also those that are not here.
    """

    def __init__(
        self,
        realm: js.Realm,
        platform_names: frozenset[str],
        intrinsics: Collection[str] = (),
    ) -> None:
        self._lookup = Lookup({}, realm)
        self._platform_names = platform_names
        self._intrinsics = intrinsics

    def knows(self, host: Import) -> bool:
        """Tell whether there is something behind an import.

        A member of a class that is here is known when the class has it; one of any other class is
        a property of whatever object Rust has, and is unknown when the platform has that class.
        """
        if host.unsupported is not None:
            return False
        if host.kind in RECEIVING and host.class_name is not None:
            return self._has_member(host)
        if host.kind in _BY_PATH:
            return not self._lookup.find(host).is_absent
        if host.kind is ImportKind.INTRINSIC:
            return host.name.removeprefix(PREFIX) in self._intrinsics
        return True

    def is_platform_name(self, host: Import) -> bool:
        """Tell whether an import has a name of JavaScript or of the web platform."""
        return is_platform_name(host, self._platform_names)

    def _has_member(self, host: Import) -> bool:
        target = self._lookup.find_class(host).value
        if isinstance(target, js.Constructor):
            named = js.class_has(target.spec, key_of(host.name)) or host.name.isdecimal()
            return named or host.kind in INDEXING
        return host.path[:1] == () or host.path[0] not in self._platform_names


def is_platform_name(host: Import, platform_names: frozenset[str]) -> bool:
    """Tell whether an import has a name of JavaScript, of the web platform or of another host."""
    if host.js_module is not None or host.kind is ImportKind.RAW:
        return False
    roots = host.path[:1] + host.prefixed
    is_known = host.crate in UPSTREAM_CRATES or any(root in platform_names for root in roots)
    return is_known or _is_of_another_host(host)


def _is_of_another_host(host: Import) -> bool:
    """Tell that, but of no plain function: an embedder's may be called `process` or `module`."""
    if host.path[:1] == ("require",):
        return True
    is_plain = host.kind is ImportKind.FUNCTION and len(host.path) == 1
    return not is_plain and host.path[:1] != () and host.path[0] in OTHER_HOSTS
