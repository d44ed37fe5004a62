"""`navigator`: who runs the guest. HTML 8.10; ECMA-429 asks for the `userAgent` only."""

from __future__ import annotations

from typing import Final

from unpoison import js
from unpoison.web.idl import interface


class Navigator(js.JsObject):
    """The host as it presents itself: it tells nothing of the machine."""

    __slots__ = ()

    user_agent = "unpoison"

    def __repr__(self) -> str:
        return "<js Navigator>"


NAVIGATOR: Final = interface(Navigator, attributes=("userAgent",))
NAVIGATOR_GLOBALS: Final = {
    "Navigator": NAVIGATOR,
    "navigator": js.RealmValue(lambda realm: Navigator()),
}
