"""Finds the Python callable behind each import: the embedder's, the standard one, or a refusal.

As in JavaScript, a member of a receiver is looked for when it is called, since only then there is
a receiver; all other names are looked for at load. A name that the web platform has but this host
has not is no error at load: a static reads undefined, `instanceof` is false, a call raises
js.ReferenceError. A name that nobody knows is one. Source of the binding rules: contract facts 4.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

from unpoison import js
from unpoison.bindgen import Cast, Import, ImportKind, Option, rust_signature, rust_type
from unpoison.errors import LinkError, MissingImport, UnsupportedItem
from unpoison.runtime.border import Border
from unpoison.runtime.final_members import find_final
from unpoison.runtime.intrinsics import PREFIX, drop_closure, make_intrinsics
from unpoison.runtime.js_names import key_of, parts_of
from unpoison.runtime.lookup import Found, Lookup
from unpoison.runtime.surface import INDEXING, RECEIVING, is_platform_name
from unpoison.runtime.tasks import ConsoleTask

Function = Callable[..., Any]

_NO_INTRINSIC = "it has a meaning on a JavaScript stack only"
_SNIPPET = "JavaScript of the crate, which needs a JavaScript engine: give a Python object instead"


class Importer:
    """Resolves the imports of one instance.

    `platform_names` are the global names of the web platform, also those that are not here.
    """

    def __init__(
        self,
        border: Border,
        given: object,
        realm: js.Realm,
        platform_names: frozenset[str] = frozenset(),
    ) -> None:
        self._lookup = Lookup(given, realm)
        self._realm = realm
        self._platform_names = platform_names
        self._on_receiver = _make_operations(realm)
        self._intrinsics = make_intrinsics(border)
        self._supervisor = border.supervisor
        self._tasks = border.tasks
        self._promised = border.promise

    def resolve_all(self, recipes: Sequence[Recipe]) -> list[Function]:
        """Give a callable per host function. Raises LinkError naming every one that is missing."""
        functions = [make(self, host) for make, host in recipes]
        if None in functions:
            pairs = zip(functions, recipes, strict=True)
            absent = [host for made, (_, host) in pairs if made is None]
            raise LinkError([_missing(host) for host in absent if isinstance(host, Import)])
        return functions  # type: ignore[return-value]  # none is None

    def resolve_when_called(self, recipes: Sequence[Recipe]) -> Mapping[int, Function]:
        """Give a callable per place, each made when it is first asked for.

        One that is missing raises LinkError then.
        """
        return _Unlinked(self, recipes)

    # --- the ways to make one; None when nobody knows its name ---

    def nothing(self, _: object) -> Function:
        """Be no function: generated code does it, or the linker."""
        return _never

    def refused(self, host: Import) -> Function:
        """Refuse what is not supported, when it is called."""
        assert host.unsupported is not None
        return partial(_refuse, describe(host), *host.unsupported)

    def intrinsic(self, host: Import) -> Function:
        """Give one of wasm-bindgen's own."""
        known = self._intrinsics.get(host.name.removeprefix(PREFIX))
        return known or partial(_refuse, host.name, signature_text(host), _NO_INTRINSIC)

    def string(self, host: Import) -> Function:
        """Give a static string."""
        return lambda: host.string

    def named(self, host: Import) -> Function | None:
        """Give what its path means."""
        found = self._lookup.find(host)
        return self._absent(host) if found.is_absent else self._present(host, found)

    # What the task queue of js-sys calls: no business of the embedder.

    def schedule(self, _: Import) -> Function:
        """Give the `queueMicrotask` of the task queue."""
        return self._tasks.schedule

    def task_creator(self, _: Import) -> Function:
        """Give the `console.createTask` of debug builds."""
        return lambda: self._tasks.create_task

    def task_runner(self, _: Import) -> Function:
        """Give the `run` of what that gives."""
        return ConsoleTask.run

    def promise_maker(self, host: Import) -> Function:
        """Give `new Promise`, which the tasks hear of."""
        make = _maker(self._lookup.find(host).value)
        return partial(self._tasks.construct, make)

    def promise_method(self, host: Import) -> Function:
        """Give a method of promises, for whatever an async import gave as one."""
        # Rust takes it as a promise, unseen: it may be a coroutine.
        call, promised, name = self._realm.call_method, self._promised, host.path[1]
        return lambda receiver, *rest: call(promised(receiver), name, *rest)

    def _present(self, host: Import, found: Found) -> Function:
        value = found.value
        if host.kind is ImportKind.STATIC:
            if host.class_name is not None:
                operation = self._on_receiver[ImportKind.GETTER]
                return partial(operation, found.parent, key_of(parts_of(host.name)[-1]))
            return lambda: value
        if host.kind in _ON_CLASS:
            operation = self._on_receiver[_ON_CLASS[host.kind]]
            name = [key_of(host.name)] if host.kind is ImportKind.CLASS_SETTER else []
            return partial(operation, value, *name)
        if host.kind is ImportKind.INSTANCEOF:
            return lambda given: _is_instance(given, value)
        if not callable(value):
            if found.given:
                raise TypeError(f"imports: {describe(host)} must be callable, not {value!r}")
            return partial(_throw, js.TypeError, f"{describe(host)} is not a function")
        if host.kind is ImportKind.CONSTRUCTOR:
            return _maker(value)
        if host.path == ("console", "error"):
            return self._recorded(value)
        if isinstance(value, js.Method | js.JsFunction):
            return partial(value.call_on, found.parent)
        return value  # type: ignore[no-any-return]

    def _absent(self, host: Import) -> Function | None:
        if host.kind is ImportKind.STATIC and isinstance(host.result, Option):
            return lambda: None
        if not is_platform_name(host, self._platform_names):
            return None
        if host.kind is ImportKind.STATIC:
            return lambda: None
        if host.kind is ImportKind.INSTANCEOF:
            return lambda value: False
        root = host.path[0]
        if self._lookup.path((root,)).is_absent:
            if host.prefixed and len(host.path) > 1:
                reading = f"Cannot read properties of undefined (reading '{host.path[1]}')"
                return partial(_throw, js.TypeError, reading)
            if not host.prefixed:
                return partial(_throw, js.ReferenceError, f"{root} is not defined")
        word = "constructor" if host.kind is ImportKind.CONSTRUCTOR else "function"
        return partial(_throw, js.TypeError, f"{'.'.join(host.path)} is not a {word}")

    def _recorded(self, error: Function) -> Function:
        """Remember what the guest prints: a panic hook's text is all that panic=abort leaves."""

        supervisor = self._supervisor  # not self: what was looked up is of no use after the load

        def record(*arguments: object) -> object:
            supervisor.console_error = " ".join(js.string_of(item) for item in arguments)
            return error(*arguments)

        return record

    def closure_drop(self, _: Import) -> Function:
        """Give what drops a closure."""
        return drop_closure

    def indexing(self, host: Import) -> Function:
        """Give what reads, sets or deletes the property that an argument names."""
        return self._on_receiver[host.kind]

    def on_receiver(self, host: Import) -> Function:
        """Give a method or accessor that the receiver has when it is called."""
        make = _SITES.get(host.kind)
        if make is not None:
            return make(self._realm, host.name)
        operation, name = self._on_receiver[host.kind], host.name
        return lambda receiver, *rest: operation(receiver, name, *rest)

    def on_path(self, host: Import) -> Function:
        """Give the same for a name that is a symbol, or leads through other properties."""
        operation, get = self._on_receiver[host.kind], self._realm.get
        *way, last = map(key_of, parts_of(host.name))
        return lambda receiver, *rest: operation(reduce(get, way, receiver), last, *rest)

    def on_class(self, host: Import) -> Function:
        """Give what the class has, whatever the receiver has, if there is that class."""
        target = self._lookup.find_class(host).value
        final = find_final(target, host, self._realm)
        return final or _on_receiver(host)(self, host)  # type: ignore[return-value]

    def awaited(self, function: Function, host: Import) -> Function:
        """Give an `async fn` of the host: what it gives is a promise, whatever the host wrote.

        Rust would wait for ever for an exception or a value that comes at once.
        """

        def call(*arguments: object) -> object:
            try:
                value = self._promised(function(*arguments))
            except Exception as error:
                if not host.catch:
                    raise
                return js.reject(self._realm.promises, js.from_exception(error))
            return js.resolve(self._realm.promises, value)

        return call


Maker = Callable[[Importer, Any], Function | None]
Recipe = tuple[Maker, Import | Cast | str]
"""A host function, and how its callable is made in each instance."""


class _Unlinked(dict[int, Function]):
    """The callables of an instance by place; a look-up of a fresh one costs 30 ns more for ever."""

    __slots__ = ("_importer", "_recipes")

    def __init__(self, importer: Importer, recipes: Sequence[Recipe]) -> None:
        super().__init__()
        self._importer = importer
        self._recipes = recipes

    def __missing__(self, place: int) -> Function:
        make, host = self._recipes[place]
        function = make(self._importer, host)
        if function is None:
            assert isinstance(host, Import)
            raise LinkError([_missing(host)])
        self[place] = function
        return function


_TASK_HOOKS: Mapping[tuple[ImportKind, tuple[str, ...]], Maker] = {
    (ImportKind.FUNCTION, ("queueMicrotask",)): Importer.schedule,
    (ImportKind.STATIC, ("console", "createTask")): Importer.task_creator,
    (ImportKind.METHOD, ("ConsoleTask", "run")): Importer.task_runner,
    (ImportKind.CONSTRUCTOR, ("Promise",)): Importer.promise_maker,
}

_BY_KIND: Mapping[ImportKind, Maker] = {
    ImportKind.CLASS_WRAP: Importer.nothing,
    ImportKind.CLASS_UNWRAP: Importer.nothing,
    ImportKind.INTRINSIC: Importer.intrinsic,
    ImportKind.STRING: Importer.string,
}


def choose_recipes(hosts: Sequence[Import | Cast | str]) -> list[Recipe]:
    """Choose for each host function of a module how its callable is made. Once per module."""
    return [(_choose(host), host) for host in hosts]


def _choose(host: Import | Cast | str) -> Maker:
    if not isinstance(host, Import):
        return Importer.nothing
    if host.unsupported is not None:
        return Importer.refused
    if host.crate == "js-sys":
        hook = _TASK_HOOKS.get((host.kind, tuple(host.path)))
        if hook is not None:
            return hook
        if host.kind is ImportKind.METHOD and host.path[:1] == ("Promise",) == host.path[:-1]:
            return Importer.promise_method
    if host.kind in RECEIVING:
        maker = _choose_on_receiver(host)
    else:
        maker = _BY_KIND.get(host.kind, Importer.named)
    return partial(_make_awaited, maker) if host.is_async else maker


def _make_awaited(maker: Maker, importer: Importer, host: Import) -> Function | None:
    found = maker(importer, host)
    return None if found is None else importer.awaited(found, host)


def _choose_on_receiver(host: Import) -> Maker:
    if host.name == "_wbg_cb_unref":
        return Importer.closure_drop
    if host.kind in INDEXING:
        return Importer.indexing
    return _on_receiver(host) if host.structural else Importer.on_class


def _on_receiver(host: Import) -> Maker:
    is_plain = "." not in host.name and "[" not in host.name
    return Importer.on_receiver if is_plain else Importer.on_path


def _missing(host: Import) -> MissingImport:
    note = _SNIPPET if host.js_module_names else None
    if host.prefixed:
        note = f"or as {', '.join(host.prefixed)}"
    return MissingImport(describe(host), signature_text(host), host.crate or None, note)


def _is_instance(value: object, target: Any) -> bool:
    try:
        return js.instance_of(value, target)
    except Exception:  # noqa: BLE001 - an exception counts as "no" (contract facts 4.4)
        return False


def _make_operations(realm: js.Realm) -> Mapping[ImportKind, Function]:
    """Give what is done on a receiver, as the guest of that realm sees it."""
    return {
        ImportKind.METHOD: realm.call_method,
        ImportKind.GETTER: realm.get,
        ImportKind.SETTER: realm.set,
        ImportKind.INDEXING_GETTER: realm.get,
        ImportKind.INDEXING_SETTER: realm.set,
        ImportKind.INDEXING_DELETER: realm.delete,
    }


_SITES: Mapping[ImportKind, Callable[[js.Realm, str], Function]] = {
    ImportKind.METHOD: js.make_caller,
    ImportKind.GETTER: js.make_getter,
    ImportKind.SETTER: js.make_setter,
}

_ON_CLASS: Mapping[ImportKind, ImportKind] = {
    ImportKind.CLASS_SETTER: ImportKind.SETTER,
    ImportKind.CLASS_INDEXING_GETTER: ImportKind.INDEXING_GETTER,
    ImportKind.CLASS_INDEXING_SETTER: ImportKind.INDEXING_SETTER,
    ImportKind.CLASS_INDEXING_DELETER: ImportKind.INDEXING_DELETER,
}
"""What is done on the object that is a class."""


def _maker(target: Any) -> Function:
    """Give what does `new target(...)`."""
    is_ours = isinstance(target, js.Constructor) and target.constructs
    return target.construct if is_ours else partial(js.construct, target)


def _throw(kind: type[js.Error], message: str, *_: object) -> Any:
    raise kind(message)


def _refuse(item: str, type_: str, reason: str, *_: object) -> Any:
    raise UnsupportedItem(item, type_, reason)


def _never(*_: object) -> Any:
    raise UnsupportedItem("import", "fn()", "it has a meaning for the linker only")


def describe(host: Import) -> str:
    """Give the name by which an embedder gives the import: `console.log`, `env.raw_hook`."""
    if host.kind is ImportKind.RAW:
        return f"{host.wasm_module}.{host.name}"
    name = ".".join(host.path) or host.name
    if host.class_name is not None and host.kind in RECEIVING:
        name = f"{host.class_name}.{host.name}"
    return name if host.js_module is None else f"{host.js_module}: {name}"


def signature_text(host: Import) -> str:
    """Give the import's signature in Rust terms; the Wasm type for a raw one."""
    if host.result is None or host.kind is ImportKind.RAW:
        return str(host.signature)
    params = tuple((param.name, param.type) for param in host.params)
    text = rust_signature("", params, host.result)
    return text.removeprefix("fn ").strip() if params else f"() -> {rust_type(host.result)}"
