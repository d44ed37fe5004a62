"""The global scope of a Worker: what it has beyond JavaScript and the web platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from unpoison import js
from unpoison.workers.additions import ADDED_GLOBALS
from unpoison.workers.context import EXECUTION_CONTEXT, SCHEDULED_CONTROLLER
from unpoison.workers.durable_storage import DURABLE_OBJECT_STORAGE, DURABLE_OBJECT_TRANSACTION
from unpoison.workers.exchange import FETCH_FUNCTIONS
from unpoison.workers.fetch_types import REQUEST, RESPONSE
from unpoison.workers.identity_streams import IDENTITY_GLOBALS
from unpoison.workers.kv_namespace import KV_NAMESPACE
from unpoison.workers.object_namespace import (
    DURABLE_OBJECT,
    DURABLE_OBJECT_ID,
    DURABLE_OBJECT_NAMESPACE,
)
from unpoison.workers.object_state import DURABLE_OBJECT_STATE
from unpoison.workers.refused import REFUSED_GLOBALS, REFUSED_MODULES
from unpoison.workers.service import FETCHER
from unpoison.workers.sql_storage import SQL_STORAGE, SQL_STORAGE_CURSOR
from unpoison.workers.web_socket import REQUEST_RESPONSE_PAIR, WEB_SOCKET, WEB_SOCKET_PAIR

WORKER_GLOBALS: Final[Mapping[str, object]] = {
    **ADDED_GLOBALS,
    **FETCH_FUNCTIONS,
    **IDENTITY_GLOBALS,
    **REFUSED_GLOBALS,
    "DurableObject": DURABLE_OBJECT,
    "DurableObjectId": DURABLE_OBJECT_ID,
    "DurableObjectNamespace": DURABLE_OBJECT_NAMESPACE,
    "DurableObjectState": DURABLE_OBJECT_STATE,
    "DurableObjectStorage": DURABLE_OBJECT_STORAGE,
    "DurableObjectTransaction": DURABLE_OBJECT_TRANSACTION,
    "ExecutionContext": EXECUTION_CONTEXT,
    "Fetcher": FETCHER,
    "KvNamespace": KV_NAMESPACE,
    "Request": REQUEST,
    "Response": RESPONSE,
    "ScheduledController": SCHEDULED_CONTROLLER,
    "SqlStorage": SQL_STORAGE,
    "SqlStorageCursor": SQL_STORAGE_CURSOR,
    "WebSocket": WEB_SOCKET,
    "WebSocketPair": WEB_SOCKET_PAIR,
    "WebSocketRequestResponsePair": REQUEST_RESPONSE_PAIR,
    "self": js.RealmValue(lambda realm: realm.global_object),
}
"""A row per name, for `Module.instantiate(globals=...)`."""

SNIPPET: Final = "worker/inline0.js"
"""The one piece of JavaScript in the crate `worker`: it makes the object `state`."""

STATE_NAME: Final = "__worker_init_state"


@dataclass(frozen=True, slots=True)
class Scope:
    """What `Module.instantiate` is given for one Worker: `imports` and `globals`.

    `state` is what the crate's snippet exports: `criticalError` and `instanceId`, the number of
    starts. worker 0.8.7, src/init.rs.
    """

    imports: Mapping[str, object]
    globals: Mapping[str, object]
    state: js.Object


def make_scope() -> Scope:
    """Make the scope of one instance."""
    state = js.Object({"criticalError": False, "instanceId": 0})
    imports = {**REFUSED_MODULES, SNIPPET: {"state": state}}
    return Scope(imports, {**WORKER_GLOBALS, STATE_NAME: state}, state)
