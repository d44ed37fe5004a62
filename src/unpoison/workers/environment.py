"""`env`: the bindings of a Worker. Workers docs, "Bindings (env)"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unpoison import js
from unpoison.workers.ports import ServicePort
from unpoison.workers.service import Fetcher
from unpoison.workers.transfer import value_of_json


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable or a secret: a string, or JSON data."""

    value: Any


@dataclass(frozen=True, slots=True)
class Service:
    """Another worker of the same configuration."""

    port: ServicePort


Binding = Variable | Service


def make_env(realm: js.Realm, bindings: Mapping[str, Binding]) -> js.Object:
    """Make the object that handlers and constructors of Durable Objects are given."""
    return js.Object({name: _value(realm, each) for name, each in bindings.items()})


def _value(realm: js.Realm, binding: Binding) -> object:
    match binding:
        case Variable(value):
            return value if isinstance(value, str) else value_of_json(value)
        case Service(port):
            return Fetcher(realm, port)
