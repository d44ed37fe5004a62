"""The weak set of the promises that somebody still has."""

from __future__ import annotations

from unpoison import js
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.pending import Promises


def test_it_gives_the_promises_that_somebody_has() -> None:
    noted = Promises()
    realm = Scheduler(lambda: noted).realm
    first, second = js.Promise(realm), js.Promise(realm)
    assert len(noted) == 2
    del first
    assert list(noted) == [second]
    assert len(noted) == 1


def test_it_may_change_while_it_is_walked() -> None:
    noted = Promises()
    realm = Scheduler(lambda: noted).realm
    kept = [js.Promise(realm) for _ in range(3)]
    seen = 0
    for _ in noted:
        seen += 1
        kept.clear()
        js.Promise(realm)
    assert seen == 1
