"""The class Proxy. ECMA-262 28.2."""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.classes import ClassSpec
from unpoison.js.functions import NativeFunction
from unpoison.js.object_class import OBJECT
from unpoison.js.objects import Object
from unpoison.js.proxies import make_proxy
from unpoison.js.refusals import refuse_call


def _construct(realm: Any, target: object, handler: object) -> object:
    return make_proxy(target, handler)


def _revocable(realm: Any, target: object, handler: object) -> Object:
    made = make_proxy(target, handler)
    return Object({"proxy": made, "revoke": NativeFunction("", made.revoke)})


PROXY: Final = ClassSpec(
    "Proxy",
    OBJECT,
    statics={"revocable": _revocable},
    call=refuse_call("Proxy"),
    construct=_construct,
)
