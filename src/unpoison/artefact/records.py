"""What is known of a module, and what is made of it: data only, as the cache keeps it."""

from __future__ import annotations

import marshal
from dataclasses import dataclass
from types import CodeType

from unpoison.artefact.facts import Facts
from unpoison.bindgen import Interface, Plan


@dataclass(frozen=True, slots=True)
class Analysis:
    """What can be told without compiling."""

    interface: Interface
    facts: Facts


@dataclass(frozen=True, slots=True)
class Artefact:
    """A module that is ready to run.

    `guest` and `entries` are machine code for `Engine.load`, `plan` says how they
    belong together, `python_source` is the text of the bindings and `byte_code` its marshalled
    code object.
    """

    interface: Interface
    facts: Facts
    plan: Plan
    guest: bytes
    entries: bytes
    python_source: str
    byte_code: bytes

    def code(self) -> CodeType:
        """Give the code object of the bindings."""
        code = marshal.loads(self.byte_code)
        assert isinstance(code, CodeType)
        return code
