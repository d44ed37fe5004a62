"""What is known of a module, and what is made of it."""

from __future__ import annotations

import marshal
from dataclasses import dataclass, field
from types import CodeType

from unpoison.artefact.facts import Facts
from unpoison.bindgen import Interface, Plan
from unpoison.engine import Code


@dataclass(frozen=True, slots=True)
class Analysis:
    """What can be told without compiling."""

    interface: Interface
    facts: Facts


@dataclass(frozen=True, slots=True)
class Bindings:
    """What an instance needs beside machine code: data only, as the cache keeps it.

    `plan` says how the two modules belong together, `python_source` is the text of the bindings and
    `byte_code` its marshalled code object.
    """

    interface: Interface
    facts: Facts
    plan: Plan
    python_source: str
    byte_code: bytes

    def code(self) -> CodeType:
        """Give the code object of the bindings."""
        code = marshal.loads(self.byte_code)
        assert isinstance(code, CodeType)
        return code


@dataclass(frozen=True, slots=True)
class Artefact:
    """A module that is ready to run: its bindings, and its two modules in one engine."""

    bindings: Bindings
    guest: Code = field(compare=False)
    entries: Code = field(compare=False)
