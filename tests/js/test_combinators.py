"""The combinators' corners; their job orders are compared with Node elsewhere."""

from __future__ import annotations

import pytest

from unpoison import js

REALM_FREE = [js.promise_all, js.promise_all_settled, js.promise_any, js.promise_race]


def make() -> tuple[js.MicrotaskQueue, js.PromiseRealm]:
    queue = js.MicrotaskQueue(print)
    return queue, js.PromiseRealm(queue)


@pytest.mark.parametrize("combine", REALM_FREE)
@pytest.mark.parametrize("values", [None, 5, {1}.__len__, js.null])
def test_what_is_not_iterable_rejects(combine: object, values: object) -> None:
    _, realm = make()
    with pytest.raises(js.TypeError, match="not iterable"):
        combine(realm, values).result()  # type: ignore[operator]


@pytest.mark.parametrize("combine", REALM_FREE)
def test_an_iterator_that_raises_rejects_with_its_exception(combine: object) -> None:
    _, realm = make()

    def values():  # type: ignore[no-untyped-def]
        yield 1
        raise LookupError("half way")

    with pytest.raises(LookupError, match="half way"):
        combine(realm, values()).result()  # type: ignore[operator]


def test_values_keep_the_order_of_the_members() -> None:
    queue, realm = make()
    late = js.with_resolvers(realm)
    combined = js.promise_all(realm, [late.promise, "b", "c"])
    queue.run_jobs()
    assert combined.state is js.PromiseState.PENDING
    late.resolve("a")
    queue.run_jobs()
    assert combined.result() == ["a", "b", "c"]


def test_any_collects_all_reasons() -> None:
    queue, realm = make()
    combined = js.promise_any(realm, [js.reject(realm, 1), js.reject(realm, 2)])
    queue.run_jobs()
    with pytest.raises(js.AggregateError) as caught:
        combined.result()
    assert caught.value.errors == [1, 2]


def test_a_string_is_a_sequence_of_characters() -> None:
    queue, realm = make()
    combined = js.promise_all(realm, "ab")
    queue.run_jobs()
    assert combined.result() == ["a", "b"]
