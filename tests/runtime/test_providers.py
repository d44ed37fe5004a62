"""Who gives each import, told without running the module."""

from __future__ import annotations

from tests.runtime.conftest import Embedder
from unpoison.runtime import Provider, describe, find_providers


def test_imports_of_the_crate_itself_are_the_embedders(any_embedder: Embedder) -> None:
    providers = find_providers(any_embedder.module)
    given = {describe(host) for host, who in providers.items() if who is Provider.EMBEDDER}
    assert given == {
        "apply", "apply_mut", "env.raw_hook", "env.raw_plain", "reenter", "risky", "thrower",
    }  # fmt: skip


def test_imports_of_upstream_crates_are_ours_or_nobodys(any_embedder: Embedder) -> None:
    providers = find_providers(any_embedder.module)
    ours = {describe(host) for host, who in providers.items() if who is Provider.UNPOISON}
    assert {"console.log", "console.error", "Promise.resolve"} <= ours
    assert set(providers) == set(any_embedder.module.interface.imports)
