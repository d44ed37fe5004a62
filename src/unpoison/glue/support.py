"""Which helpers a text needs: those that it names, and those that these name."""

from __future__ import annotations

import re

_DEFINITION = re.compile(r"^(?:function|const|let|class) (\$?\w+)", re.MULTILINE)
_START = re.compile(r"\n\n(?=(?:function|const|let|class) )")
_NAME = re.compile(r"\$?\b\w+")


def select_support(support: str, text: str) -> str:
    """Give the definitions of a support text that another text needs, in their order."""
    definitions = {}
    for chunk in _START.split(f"\n{support.strip()}"):
        found = _DEFINITION.search(chunk)
        assert found is not None, chunk
        definitions[found[1]] = chunk.strip()
    uses = {name: _named(chunk, definitions) - {name} for name, chunk in definitions.items()}
    needed, waiting = set[str](), _named(text, definitions)
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting |= uses[name] - needed
    return "\n\n".join(chunk for name, chunk in definitions.items() if name in needed)


def _named(text: str, known: dict[str, str]) -> set[str]:
    return {name for name in _NAME.findall(text) if name in known}
