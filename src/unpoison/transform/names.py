"""Names: of exports as JavaScript has them, and of functions in the name section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping


def canonical(symbol: str, crate: str) -> str:
    """Give the name that a symbol has for JavaScript: without the hash of its crate.

    `crate` is the unique identifier, `<name>-<16 hex digits>`.
    """
    return symbol.removesuffix(f"_{crate.rpartition('-')[2]}")


def unique_names(names: Mapping[int, str], readable: Callable[[str], str]) -> dict[int, str]:
    """Give every name in its readable form; of equal ones those after the first get a number.

    The readable form of a Rust symbol has no disambiguators, which the number stands for.
    """
    seen: Counter[str] = Counter()
    found: dict[int, str] = {}
    for number, name in names.items():
        text = readable(name)
        found[number] = f"{text}[{seen[text]}]" if seen[text] else text
        seen[text] += 1
    return found
