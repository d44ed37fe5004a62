"""Algorithms of the standard that wait for promises, written as Python generators.

A generator yields what it awaits and is sent the value it is fulfilled with; a rejection is
thrown into it. So an async algorithm reads as the standard's steps do. ECMA-262 27.7.5.3, Await.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import Any

from unpoison.js.exceptions import as_exception, from_exception
from unpoison.js.promise import Promise, PromiseRealm, resolve, with_resolvers

Steps = Generator[Any, Any, Any]


def run_steps(realm: PromiseRealm, steps: Steps) -> Promise:
    """Start an algorithm; the promise is settled with what it returns or raises."""
    made = with_resolvers(realm)

    def resume(go_on: Callable[[], Any]) -> None:
        try:
            awaited = go_on()
            resolve(realm, awaited).then(
                lambda value: resume(partial(steps.send, value)),
                lambda reason: resume(partial(steps.throw, as_exception(reason))),
            )
        except StopIteration as end:
            made.resolve(end.value)
        except Exception as error:  # noqa: BLE001 - whatever it raises rejects the promise
            made.reject(from_exception(error))

    resume(partial(next, steps))
    return made.promise
