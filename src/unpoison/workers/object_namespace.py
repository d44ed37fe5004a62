"""Durable Objects from outside: namespace, id and stub.

Workers docs, "Durable Object Namespace"; workerd, api/actor.c++.
"""

from __future__ import annotations

from typing import Any, Final

from unpoison import js, web
from unpoison.workers.exchange import ask
from unpoison.workers.ids import ObjectId
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.ports import NamespacePort
from unpoison.workers.refused import refuse_connect

NO_JURISDICTION: Final = "Jurisdiction restrictions are not implemented here."


class DurableObjectId(js.JsObject):
    """The id of an object; `value` is the neutral one."""

    __slots__ = ("value",)

    def __init__(self, value: ObjectId) -> None:
        super().__init__()
        self.value = value

    @property
    def name(self) -> str | None:
        """The name that it was made from; undefined for none."""
        return self.value.name

    def equals(self, other: object) -> bool:
        """Tell whether it is the id of the same object. Raises js.TypeError for what is no id."""
        return self.value == _checked(other).value

    def to_string(self) -> str:
        """Give its 64 hex digits."""
        return str(self.value)


class DurableObject(js.JsObject):
    """A stub: it sends requests to one object. Its class has this name in workerd."""

    __slots__ = ("_port", "_realm", "id")

    def __init__(self, realm: js.Realm, port: NamespacePort, id: DurableObjectId) -> None:  # noqa: A002
        super().__init__()
        self._realm, self._port = realm, port
        self.id = id

    @property
    def name(self) -> str | None:
        """The name that the id was made from; undefined for none."""
        return self.id.name

    def fetch(self, request: object, init: object) -> js.Promise[Any]:
        """Give a promise of the answer; rejected when the object fails."""
        return ask(self._realm, self._answer, request, init)

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        return await self._port.fetch(self.id.value, request)


class DurableObjectNamespace(js.JsObject):
    """The binding of a class of objects."""

    __slots__ = ("_port", "_realm")

    def __init__(self, realm: js.Realm, port: NamespacePort) -> None:
        super().__init__()
        self._realm, self._port = realm, port

    def id_from_name(self, name: object) -> DurableObjectId:
        """Give the id of a name: always the same one."""
        return DurableObjectId(self._port.ids.from_name(js.to_string(name)))

    def id_from_string(self, text: object) -> DurableObjectId:
        """Give the id that `toString` gave. Raises js.TypeError when it is none of this class."""
        return DurableObjectId(self._port.ids.from_string(js.to_string(text)))

    def new_unique_id(self, options: object) -> DurableObjectId:
        """Give an id that nobody has. Raises js.Error for a jurisdiction."""
        if js.is_reference(options) and not js.is_nullish(js.get(options, "jurisdiction")):
            raise js.Error(NO_JURISDICTION)
        return DurableObjectId(self._port.ids.new_unique())

    def get(self, id: object, options: object) -> DurableObject:  # noqa: A002
        """Give a stub. `options` (a location hint) say nothing to one machine.

        Raises js.TypeError for an id of another class.
        """
        found = _checked(id)
        self._port.ids.from_string(str(found.value))
        return DurableObject(self._realm, self._port, found)

    def get_by_name(self, name: object, options: object) -> DurableObject:
        """Give the stub of the object with a name."""
        return DurableObject(self._realm, self._port, self.id_from_name(name))

    def jurisdiction(self, name: object) -> DurableObjectNamespace:
        """Refuse: there is one place only."""
        raise js.Error(NO_JURISDICTION)


def _checked(value: object) -> DurableObjectId:
    if not isinstance(value, DurableObjectId):
        raise js.TypeError("the argument must be a DurableObjectId")
    return value


DURABLE_OBJECT_ID: Final = web.interface(
    DurableObjectId, operations=("equals", "toString"), attributes=("name",)
)
DURABLE_OBJECT: Final = web.interface(
    DurableObject,
    operations=("fetch",),
    attributes=("id", "name"),
    methods={"connect": refuse_connect},
)
DURABLE_OBJECT_NAMESPACE: Final = web.interface(
    DurableObjectNamespace,
    operations=("get", "getByName", "idFromName", "idFromString", "jurisdiction", "newUniqueId"),
)
