"""`state`, which the constructor of a Durable Object is given. Workers docs, "State"."""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakValueDictionary

from unpoison import js, web
from unpoison.workers.durable_storage import DurableObjectStorage
from unpoison.workers.hibernation import HibernatingSocket
from unpoison.workers.object_namespace import DurableObjectId
from unpoison.workers.outside import Promise
from unpoison.workers.ports import ActorPort
from unpoison.workers.web_socket import WebSocket, WebSocketRequestResponsePair


class _Sockets:
    """The hibernating sockets that a guest has objects for: `realm.part(_Sockets)`."""

    def __init__(self, realm: js.Realm) -> None:
        self.known: WeakValueDictionary[HibernatingSocket, WebSocket] = WeakValueDictionary()


def web_socket_for(realm: js.Realm, socket: HibernatingSocket) -> WebSocket:
    """Give a guest's object of a hibernating socket: the same one as long as the guest has it."""
    known = realm.part(_Sockets).known
    found = known.get(socket)
    if found is None:
        found = known[socket] = WebSocket(realm, socket.end)
        found.hibernate(socket)
    return found


class DurableObjectState(js.JsObject):
    """What an object is and has."""

    __slots__ = ("_actor", "_realm", "id", "storage")

    def __init__(self, realm: js.Realm, actor: ActorPort) -> None:
        super().__init__()
        self._realm, self._actor = realm, actor
        self.id = DurableObjectId(actor.id)
        self.storage = DurableObjectStorage(realm, actor)

    def wait_until(self, promise: object) -> None:
        """Keep the object from eviction until a promise is settled."""
        self._actor.wait_until(js.resolve(self._realm.promises, promise))

    def block_concurrency_while(self, callback: Any) -> Promise:
        """Call a function; nothing else runs in the object until its promise is settled.

        A rejection resets the object.
        """
        if not js.is_function(callback):
            raise js.TypeError("blockConcurrencyWhile() must be called with a function")

        def run() -> Promise:
            return js.resolve(self._realm.promises, js.invoke(callback, None))

        return self._actor.block_concurrency_while(run, resets=True)

    def accept_web_socket(self, socket: object, tags: object) -> None:
        """Have the handlers of the object hear a socket, also after it was evicted.

        Raises js.TypeError for a socket in use, js.Error for too many tags.
        """
        if not isinstance(socket, WebSocket):
            raise js.TypeError("acceptWebSocket() must be called with a WebSocket")
        names = [] if js.is_nullish(tags) else [js.to_string(tag) for tag in js.iterate(tags)]
        accepted = self._actor.hibernation.accept(socket.check_unused(), names)
        socket.hibernate(accepted)
        self._realm.part(_Sockets).known[accepted] = socket

    def get_web_sockets(self, tag: object) -> js.Array:
        """Give the sockets that are open; those with a tag."""
        name = None if js.is_nullish(tag) else js.to_string(tag)
        found = self._actor.hibernation.sockets(name)
        return js.Array(web_socket_for(self._realm, each) for each in found)

    def get_tags(self, socket: object) -> js.Array:
        """Give the tags of a socket. Raises js.TypeError for one that does not hibernate."""
        return js.Array(_hibernating(socket, "getTags()").tags)

    def set_web_socket_auto_response(self, pair: object) -> None:
        """Have a message answered without the object; nothing given ends that."""
        if js.is_nullish(pair):
            self._actor.hibernation.auto_response = None
            return
        if not isinstance(pair, WebSocketRequestResponsePair):
            raise js.TypeError("the argument must be a WebSocketRequestResponsePair")
        self._actor.hibernation.auto_response = (pair.request, pair.response)

    def get_web_socket_auto_response(self) -> object:
        """Give the pair that was set; null for none."""
        pair = self._actor.hibernation.auto_response
        return js.null if pair is None else WebSocketRequestResponsePair(*pair)

    def get_web_socket_auto_response_timestamp(self, socket: object) -> object:
        """Give the Date when a socket was last answered so; null for never."""
        time = _hibernating(socket, "getWebSocketAutoResponseTimestamp()").answered_at
        return js.null if time is None else js.Date(time * 1000)


def _hibernating(socket: object, operation: str) -> HibernatingSocket:
    if not isinstance(socket, WebSocket):
        raise js.TypeError(f"{operation} must be called with a WebSocket")
    if socket.hibernating is None:
        raise js.TypeError(f"{operation}: acceptWebSocket() was not called with this WebSocket")
    return socket.hibernating


def make_state(realm: js.Realm, actor: ActorPort) -> DurableObjectState:
    """Make the first argument of the constructor of a Durable Object."""
    return DurableObjectState(realm, actor)


DURABLE_OBJECT_STATE: Final = web.interface(
    DurableObjectState,
    operations=(
        "acceptWebSocket",
        "blockConcurrencyWhile",
        "getTags",
        "getWebSocketAutoResponse",
        "getWebSocketAutoResponseTimestamp",
        "getWebSockets",
        "setWebSocketAutoResponse",
        "waitUntil",
    ),
    attributes=("id", "storage"),
)
