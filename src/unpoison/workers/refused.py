"""Bindings and names of the platform that are not provided: each says so when it is used.

The class of a binding has the name that the crate checks, so that the error is about what is
missing and not about a type. worker 0.8.7, src/env.rs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, NoReturn

from unpoison import js

BINDING_CLASSES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "ai": ("Ai", ("run", "gateway", "models", "toMarkdown")),
    "analytics_engine_datasets": ("AnalyticsEngineDataset", ("writeDataPoint",)),
    "assets": ("Fetcher", ("fetch",)),
    "d1_databases": ("D1Database", ("batch", "dump", "exec", "prepare", "withSession")),
    "dispatch_namespaces": ("DynamicDispatcher", ("get",)),
    "hyperdrive": ("Hyperdrive", ("connect",)),
    "mtls_certificates": ("Fetcher", ("fetch",)),
    "queues.producers": ("WorkerQueue", ("send", "sendBatch")),
    "r2_buckets": (
        "R2Bucket",
        ("createMultipartUpload", "delete", "get", "head", "list", "put", "resumeMultipartUpload"),
    ),
    "ratelimits": ("Ratelimit", ("limit",)),
    "secrets_store_secrets": ("Fetcher", ("get",)),
    "send_email": ("SendEmail", ("send",)),
    "version_metadata": ("Object", ()),
}
"""The key of a configuration: the class of its bindings, and the calls that they have."""

_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "hyperdrive": ("connectionString", "database", "host", "password", "port", "user"),
    "version_metadata": ("id", "tag", "timestamp"),
}


class RefusedBinding(js.JsObject):
    """A binding that is not provided."""

    __slots__ = ("binding", "key")

    def __init__(self, key: str, name: str) -> None:
        super().__init__()
        self.key, self.binding = key, name

    def problem(self, member: str) -> js.Error:
        """Give the error for a use of it."""
        return js.Error(
            f"env.{self.binding}: {member}: bindings of `{self.key}` are not provided here",
            name="NotSupportedError",
        )


class UnknownBinding(js.Exotic, RefusedBinding):
    """A binding of a kind whose members are not known here: it has every one, and refuses it."""

    __slots__ = ()

    def js_read(self, key: object) -> object:
        """Give a function that refuses, for a name that no object has."""
        if not isinstance(key, str) or key in js.OBJECT.members or key in _ASKED_OF_ALL:
            return js.MISSING
        return js.NativeFunction(key, partial(_refuse_of, self, key))


_ASKED_OF_ALL: Final = frozenset({"then", "toJSON"})
"""What the standard itself reads of any object, to see what it is."""


def refused_binding(key: str, name: str) -> RefusedBinding:
    """Make the binding of a name; each call of it raises js.Error, which names both."""
    return _TYPES.get(key, UnknownBinding)(key, name)


def _refuse_of(binding: RefusedBinding, member: str, *_: object) -> NoReturn:
    raise binding.problem(member)


def _refuse(member: str, this: object, *_: object) -> NoReturn:
    if not isinstance(this, RefusedBinding):
        raise js.TypeError(f'Value of "this" must be the binding that has {member}')
    raise this.problem(member)


def _make_class(key: str, name: str, calls: tuple[str, ...]) -> type[RefusedBinding]:
    kind = type(name, (RefusedBinding,), {"__slots__": ()})
    members: dict[str, Any] = {call: partial(_refuse, call) for call in calls}
    spec = js.ClassSpec(
        name,
        js.OBJECT,
        methods=members,
        getters={each: partial(_refuse, each) for each in _ATTRIBUTES.get(key, ())},
        constants={js.Symbol.to_string_tag: name},
    )
    js.register(spec, kind)
    return kind


js.register(js.ClassSpec("UnknownBinding", js.OBJECT), RefusedBinding, UnknownBinding)

_TYPES: Final[Mapping[str, type[RefusedBinding]]] = {
    key: _make_class(key, name, calls) for key, (name, calls) in BINDING_CLASSES.items()
}


def _no_module(module: str, name: str, *_: object) -> NoReturn:
    raise js.Error(f"{module}: {name} is not provided here", name="NotSupportedError")


REFUSED_MODULES: Final[Mapping[str, Mapping[str, object]]] = {
    module: {name: partial(_no_module, module, name)}
    for module, name in (
        ("cloudflare:email", "EmailMessage"),
        ("cloudflare:node", "handleAsNodeConnection"),
        ("cloudflare:sockets", "connect"),
    )
}
"""Modules of the platform that the crate imports, for `Module.instantiate(imports=...)`."""


def refuse_connect(this: object, *_: object) -> NoReturn:
    """Be `connect` of a stub or a service. Raises js.Error."""
    raise js.Error("connect: TCP connections are not provided here", name="NotSupportedError")


class _Caches(js.JsObject):
    """The `caches` of the platform."""

    __slots__ = ()


def _no_cache(this: object, *_: object) -> NoReturn:
    raise js.Error("caches: the Cache API is not provided here", name="NotSupportedError")


CACHE_STORAGE: Final = js.register(
    js.ClassSpec(
        "CacheStorage",
        js.OBJECT,
        methods={"open": _no_cache},
        getters={"default": _no_cache},
        constants={js.Symbol.to_string_tag: "CacheStorage"},
    ),
    _Caches,
)

REFUSED_GLOBALS: Final[Mapping[str, object]] = {
    "CacheStorage": CACHE_STORAGE,
    "caches": js.RealmValue(lambda realm: _Caches()),
}
