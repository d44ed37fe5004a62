"""Runs JavaScript programs on a realm of ours, so that one text is the question to Node and to us.

This is no engine: it walks the tree that esprima makes of a program, and every operation goes
through the realm, as a guest's imports do. It knows expressions, functions (also async ones and
generators), patterns and the common statements; no classes, labels or async generators. A program
that uses what is missing ends with `Missing`, which no `catch` of a program sees.
"""

from __future__ import annotations

from tests.script.interpreter import Interpreter
from tests.script.steps import Missing

__all__ = ["Interpreter", "Missing"]
