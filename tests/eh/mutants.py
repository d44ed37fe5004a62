"""Real faults of a translator, as edits of its source text, for tests that must notice them.

Every edit names text that stands exactly once in its file, so that a change of the translator
cannot silently lose one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Protocol

FILES = ("scan", "handler_types", "lowering", "translation")  # in the order of their imports


class Translator(Protocol):
    """The function that a mutant is a faulty version of."""

    def __call__(self, wasm: bytes) -> bytes: ...


@dataclass(frozen=True)
class Mutant:
    """One fault: what is wrong, and the edit (file, text, replacement) that makes it so."""

    fault: str
    file: str
    text: str
    replacement: str


MUTANTS = (
    Mutant(
        "branch depths in catch parts count the blocks that are closed already",
        "lowering",
        "region.surplus = self._surplus = region.base + behind - 1",
        "region.surplus = self._surplus = region.base + behind",
    ),
    Mutant(
        "every rethrow reads the first exnref local",
        "lowering",
        "self._source.locals + self._slots[source.label]",
        "self._source.locals",
    ),
    Mutant(
        "a try shares its exnref local with the try whose catch part it is in",
        "lowering",
        "self._slots[region.source.label] = len(self._slots)",
        "self._slots[region.source.label] = max(0, len(self._slots) - 1)",
    ),
    Mutant(
        "the handlers of a try stay active for delegates in its own catch part",
        "lowering",
        "        region.exits = ()\n"
        "        region.catching = self._catching(len(self._open) - 2)\n",
        "",
    ),
    Mutant(
        "branches to the function go to the block for the caller",
        "lowering",
        "return label + self._to_caller if label else 0",
        "return label + self._to_caller",
    ),
    Mutant(
        "the limit for branches is not restored when an inner try closes in a catch part",
        "scan",
        "self._limit = outer.label if outer.clauses else outer.label - 1",
        "self._limit = outer.label - 1",
    ),
    Mutant(
        "branches out of a catch part to its own try are not kept",
        "scan",
        "        self._limit = region.label\n",
        "        self._limit = region.label - 1\n",
    ),
    Mutant(
        "a delegate counts its label from inside its try",
        "scan",
        "        self._open.pop()\n        self._depth -= 1\n        region.target",
        "        self._open.pop()\n        region.target",
    ),
    Mutant(
        "a delegate goes to the try next to it, whatever it names",
        "lowering",
        "index = bisect_right(self._labels, target) - 1\n        if self._catching",
        "index = len(self._open) - 1\n        if self._catching",
    ),
    Mutant(
        "a delegate passes by the try that it names",
        "lowering",
        "index = bisect_right(self._labels, target) - 1\n        if self._catching",
        "index = bisect_right(self._labels, target) - 2\n        if self._catching",
    ),
    Mutant(
        "a delegate that can reach the caller stops at the last handler",
        "lowering",
        "            exits[None] = Exit(CATCH_ALL_REF, None, _TO_CALLER)\n"
        "            self._misses_caller = not self._to_caller\n",
        "            pass\n",
    ),
    Mutant(
        "the block for the caller runs into its throw when the function returns",
        "lowering",
        'assemble([("return",), ("end",)',
        'assemble([("unreachable",), ("end",)',
    ),
    Mutant(
        "the later clause of two for one tag wins in a delegate",
        "lowering",
        "exits.setdefault(exit_.tag, exit_)",
        "exits[exit_.tag] = exit_",
    ),
    Mutant(
        "clauses are entered in the wrong order",
        "lowering",
        "outer + count - index)",
        "outer + 1 + index)",
    ),
    Mutant(
        "the end of a handler runs into the next one",
        "lowering",
        "behind = len(region.source.clauses) - region.part",
        "behind = max(0, len(region.source.clauses) - region.part - 1)",
    ),
    Mutant(
        "a handler does not get the operands that its try took",
        "handler_types",
        "return () if index is None else self._module.func_type(index).params",
        "return ()",
    ),
    Mutant(
        "exnref locals come before the parameters are counted",
        "translation",
        "len(params) + declared",
        "declared",
    ),
)


@contextmanager
def applied(mutant: Mutant) -> Iterator[Translator]:
    """Give the faulty translator; the real one stays as it is."""
    saved = {name: sys.modules[name] for name in map(_full, FILES)}
    try:
        for file in FILES:
            source = _source(file)
            if file == mutant.file:
                assert source.count(mutant.text) == 1, mutant.fault
                source = source.replace(mutant.text, mutant.replacement)
            module = ModuleType(_full(file))
            # Dataclasses look their module up while it is made.
            sys.modules[_full(file)] = module
            exec(compile(source, f"{file}.py (mutant)", "exec"), module.__dict__)
        yield sys.modules[_full("translation")].to_exnref
    finally:
        sys.modules.update(saved)


def _full(file: str) -> str:
    return f"unpoison.eh.{file}"


def _source(file: str) -> str:
    spec = find_spec(_full(file))
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text()
