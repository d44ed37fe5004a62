"""The class Set, on the sets that a host gives. ECMA-262 24.2."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from unpoison.js.classes import ClassSpec, register
from unpoison.js.object_class import OBJECT
from unpoison.js.values import Symbol

SET: Final = ClassSpec("Set", OBJECT, constants={Symbol.to_string_tag: "Set"})
register(SET, Set)
