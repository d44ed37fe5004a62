"""Properties that a guest sets on functions and arrays of its host, and reads again."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Callable

import pytest

from unpoison import js


class Account:
    def __init__(self) -> None:
        self.cents = 0

    def pay(self) -> int:
        return self.cents


def plain() -> None:
    """A function with attributes of its own."""


def make_realm() -> js.Realm:
    return js.make_realm(js.PromiseRealm(js.MicrotaskQueue(print)))


ACCOUNT = Account()
SHARED_METHOD = js.get([], "join")


@pytest.mark.parametrize(
    "give",
    [
        lambda: plain, lambda: math.sin, lambda: ACCOUNT.pay, lambda: Account, lambda: len,
        lambda: SHARED_METHOD, lambda: [].append,
    ],
    ids=["function", "builtin", "bound method", "class", "len", "shared method", "list's method"],
)  # fmt: skip
def test_a_property_of_a_function_is_kept(give: Callable[[], object]) -> None:
    realm, function = make_realm(), give()
    realm.set(function, "tag", 5)
    assert realm.get(function, "tag") == 5
    assert realm.has(function, "tag")
    realm.delete(function, "tag")
    assert realm.get(function, "tag") is None


def test_a_bound_method_is_one_function_however_often_it_is_read() -> None:
    realm = make_realm()
    realm.set(ACCOUNT.pay, "tag", 5)
    assert realm.get(ACCOUNT.pay, "tag") == 5
    assert realm.get(Account().pay, "tag") is None
    assert js.strict_equal(ACCOUNT.pay, ACCOUNT.pay)


def test_a_property_of_an_array_of_the_host_is_kept() -> None:
    realm, items = make_realm(), [1, 2]
    realm.set(items, "index", 7)
    assert (realm.get(items, "index"), items) == (7, [1, 2])
    with pytest.raises(js.TypeError):
        realm.set((1, 2), 0, 5)


def test_another_guest_does_not_see_it() -> None:
    mine, other = make_realm(), make_realm()
    for function in (math.cos, Account, SHARED_METHOD):
        mine.set(function, "secret", 1)
        assert other.get(function, "secret") is None
    assert not hasattr(Account, "secret")


def test_names_and_lengths_stay(  # they are readonly in JavaScript, too
) -> None:
    realm = make_realm()
    for name in ("name", "length"):
        with pytest.raises(js.TypeError):
            realm.set(len, name, 5)


def test_it_goes_with_the_object() -> None:
    realm, account = make_realm(), Account()
    realm.set(account.pay, "big", account_data := Account())
    seen = weakref.ref(account_data)
    del account, account_data
    gc.collect()
    assert seen() is None
    assert not realm.additions.kept
