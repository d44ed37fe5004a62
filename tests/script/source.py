"""From the text of a program to its tree."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from esprima.error_handler import Error as ParseError
from esprima.parser import Parser

from unpoison import js


@lru_cache(maxsize=8)
def parse(text: str) -> list[Any]:
    """Give the statements of a program; nobody may change them.

    Its regular expressions are judged when they are made.

    Raises js.SyntaxError.
    """
    try:
        parser = Parser(text)
        parser.scanner.testRegExp = lambda pattern, flags: None
        return parser.parseScript().body
    except ParseError as error:
        raise js.SyntaxError(error.message) from error


def name_of(target: Any) -> str:
    """Give the name that a function takes from the variable that it is assigned to."""
    return target.name if target.type == "Identifier" else ""


def text_of(text: str) -> str:
    """Give a text whose pairs of surrogates are one character each, as all text of ours has."""
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")
