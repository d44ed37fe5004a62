"""The names that the web platform adds to the global object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from unpoison import js
from unpoison.web.console import CONSOLE

WEB_GLOBALS: Final[Mapping[str, object]] = {
    "console": CONSOLE,
    "self": js.RealmValue(lambda realm: realm.global_object),
}
"""A row per name, for `js.make_realm`. The set is that of ECMA-429, Minimum Common Web API."""
