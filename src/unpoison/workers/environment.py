"""`env`: the bindings of a Worker. Workers docs, "Bindings (env)"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unpoison import js
from unpoison.workers.kv_namespace import KvNamespace
from unpoison.workers.kv_store import KvStore
from unpoison.workers.object_namespace import DurableObjectNamespace
from unpoison.workers.ports import NamespacePort, ServicePort
from unpoison.workers.refused import refused_binding
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


@dataclass(frozen=True, slots=True)
class Kv:
    """A KV namespace."""

    store: KvStore


@dataclass(frozen=True, slots=True)
class Objects:
    """A class of Durable Objects."""

    port: NamespacePort


@dataclass(frozen=True, slots=True)
class Refused:
    """A binding that is not provided; `key` is the configuration's, such as `d1_databases`."""

    key: str


Binding = Variable | Service | Kv | Objects | Refused


def make_env(realm: js.Realm, bindings: Mapping[str, Binding]) -> js.Object:
    """Make the object that handlers and constructors of Durable Objects are given."""
    return js.Object({name: _value(realm, name, each) for name, each in bindings.items()})


def _value(realm: js.Realm, name: str, binding: Binding) -> object:
    match binding:
        case Variable(value):
            return value if isinstance(value, str) else value_of_json(value)
        case Service(port):
            return Fetcher(realm, port)
        case Kv(store):
            return KvNamespace(realm, store)
        case Objects(port):
            return DurableObjectNamespace(realm, port)
        case Refused(key):
            return refused_binding(key, name)
