"""The class RegExp, on the patterns that a host gives. ECMA-262 22.2."""

from __future__ import annotations

import re
from typing import Final

from unpoison.js.classes import ClassSpec, register
from unpoison.js.object_class import OBJECT

REGEXP: Final = ClassSpec("RegExp", OBJECT, tag="RegExp")
register(REGEXP, re.Pattern)
