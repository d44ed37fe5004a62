"""How regular expressions search, replace and split. ECMA-262 22.2.6, 22.2.7.

An `exec` that a guest gives to a pattern is asked; else the search is done here, on one
`Subject` and with one `Budget` for the whole operation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from unpoison.js.classes import spec_of
from unpoison.js.conversions import string_of, to_number, to_string
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.integers import to_integer, to_length
from unpoison.js.iterator_class import JsIterator, iterator_class
from unpoison.js.numbers import to_uint32
from unpoison.js.objects import Array, Object
from unpoison.js.own import attributes_of
from unpoison.js.property import get
from unpoison.js.property import set as set_property
from unpoison.js.regexp_machine import MAX_GROUPS, Budget, Captures
from unpoison.js.regexp_object import (
    RegExp,
    Subject,
    flags_of,
    last_index_of,
    searcher_of,
    source_of,
)
from unpoison.js.substitution import Found, substitute
from unpoison.js.text_limits import check_length, join_units
from unpoison.js.utf16 import joined_surrogates, split_surrogates
from unpoison.js.values import is_function, is_reference, null, same_value

AnyRegExp = RegExp | re.Pattern[str]

STEPS_OF_EXEC: Final = 30
"""What calling an `exec` of the guest counts for."""
NO_RESULT: Final = "RegExp exec method returned something other than an Object or null"


def regexp(this: object, name: str) -> AnyRegExp:
    """Give `this` as a regular expression; js.TypeError when it is none."""
    if isinstance(this, re.Pattern) and isinstance(this.pattern, str):
        return this
    if not isinstance(this, RegExp):
        raise TypeError(incompatible(this, name))
    return this


def incompatible(this: object, name: str) -> str:
    """Give the message for a method that is called on a value of another class."""
    shown = f"#<{spec_of(this).name}>" if is_reference(this) else string_of(this)
    return f"Method RegExp.prototype.{name} called on incompatible receiver {shown}"


def execute(this: object, text: object) -> object:
    """Be `RegExp.prototype.exec`: an Array, or null. ECMA-262 22.2.6.2."""
    pattern = regexp(this, "exec")
    subject = subject_of(pattern, to_string(text))
    found = search(pattern, subject, Budget())
    return null if found is None else match_array(pattern, subject, found)


def test(this: object, text: object) -> bool:
    """Be `RegExp.prototype.test`. ECMA-262 22.2.6.16."""
    _object(this, "test")
    return Execution(this, to_string(text)).next() is not None


def subject_of(pattern: AnyRegExp, text: str) -> Subject:
    """Give a text as the pattern reads it."""
    flags = flags_of(pattern)
    return Subject(text, full_unicode="u" in flags or "v" in flags)


def search(pattern: AnyRegExp, subject: Subject, budget: Budget) -> Captures | None:
    """Be RegExpBuiltinExec: search from `lastIndex` on, and move it. Positions are of
    characters of the subject. ECMA-262 22.2.7.2."""
    flags = flags_of(pattern)
    start = last_index_of(pattern)
    moves = "g" in flags or "y" in flags
    found = None
    if not moves:
        start = 0
    if start <= subject.length:
        found = searcher_of(pattern).search(
            subject.characters, subject.to_character(start), budget, sticky="y" in flags
        )
    if moves and isinstance(pattern, RegExp):
        pattern.last_index = 0 if found is None else subject.to_unit(span_of(found)[1])
    if found is not None and isinstance(pattern, RegExp) and pattern.on_match is not None:
        pattern.on_match(subject, found)
    return found


def match_array(pattern: AnyRegExp, subject: Subject, found: Captures) -> Array:
    """Give the result of `exec`."""
    result = Array(texts_of(subject, found))
    own = result._js_own
    own["index"] = subject.to_unit(span_of(found)[0])
    own["input"] = subject.text
    own["groups"] = groups_of(pattern, found, list(result))
    if "d" in flags_of(pattern):
        spans = [None if each is None else Array(map(subject.to_unit, each)) for each in found]
        indices = Array(spans)
        indices._js_own["groups"] = groups_of(pattern, found, spans)
        own["indices"] = indices
    return result


def texts_of(subject: Subject, found: Captures) -> list[str | None]:
    """Give the text of the match and of each group."""
    return [None if each is None else subject.part(*each) for each in found]


def groups_of(pattern: AnyRegExp, found: Captures, values: list[Any]) -> Object | None:
    """Give the object of the named groups, undefined when there are none."""
    names = searcher_of(pattern).names
    if not names:
        return None
    groups = Object()
    attributes_of(groups).prototype = null
    for name, indices in names.items():
        taken = next((index for index in indices if found[index] is not None), indices[0])
        groups[name] = values[taken]
    return groups


def span_of(found: Captures) -> tuple[int, int]:
    """Give where the match is."""
    span = found[0]
    assert span is not None
    return span


class Execution:
    """One operation on a pattern and a text: searches once or again and again."""

    def __init__(self, pattern: Any, text: str) -> None:
        self.pattern = pattern
        self.text = text
        self.own_exec = _custom_exec(pattern)
        self.budget = Budget()
        self.subject = (
            subject_of(regexp(pattern, "exec"), text)
            if self.own_exec is None
            else Subject(text, full_unicode=False)
        )

    def next(self) -> Any:
        """Give the next result array, None for no match. ECMA-262 22.2.7.1, RegExpExec."""
        if self.own_exec is None:
            found = search(self.pattern, self.subject, self.budget)
            return None if found is None else match_array(self.pattern, self.subject, found)
        self.budget.spend(STEPS_OF_EXEC)  # it may find something for ever
        result = invoke(self.own_exec, self.pattern, self.text)
        if result is not null and not is_reference(result):
            raise TypeError(NO_RESULT)
        return None if result is null else result

    def all(self, flags: str) -> Iterator[Any]:
        """Give every result of a global pattern; an empty match moves on by one character."""
        set_property(self.pattern, "lastIndex", 0)
        self.subject = Subject(self.text, full_unicode="u" in flags or "v" in flags)
        while True:
            result = self.next()
            if result is None:
                return
            yield result
            if to_string(get(result, 0)) == "":
                self.advance()

    def is_plain(self, flags: str) -> bool:
        """Tell whether no code of the guest can see each step."""
        return (
            self.own_exec is None
            and isinstance(self.pattern, RegExp)
            and flags_of(self.pattern) == flags
        )

    def captures(self) -> Iterator[Captures]:
        """Give every match of a global pattern that has the standard's `exec`."""
        pattern, subject = self.pattern, self.subject
        searcher, sticky = searcher_of(pattern), "y" in flags_of(pattern)
        pattern.last_index = position = 0
        end = len(subject.characters)
        while position <= end:
            found = searcher.search(subject.characters, position, self.budget, sticky=sticky)
            if found is None:
                return
            if pattern.on_match is not None:
                pattern.on_match(subject, found)
            yield found
            begin, position = span_of(found)
            position += begin == position

    def advance(self) -> None:
        """Move `lastIndex` on by one character."""
        index = to_length(get(self.pattern, "lastIndex"))
        set_property(self.pattern, "lastIndex", self.subject.following(index))


def _custom_exec(pattern: object) -> Any:
    """Give the `exec` of a pattern when it is not the standard's."""
    found = get(pattern, "exec")
    if isinstance(pattern, RegExp | re.Pattern) and getattr(found, "run", None) is execute:
        return None
    if not is_function(found):
        regexp(pattern, "exec")
        return None
    return found


def _object(this: object, name: str) -> None:
    if not is_reference(this):
        raise TypeError(incompatible(this, name))


def match(this: Any, value: object) -> object:
    """Be `RegExp.prototype[Symbol.match]`. ECMA-262 22.2.6.8."""
    _object(this, "@@match")
    text = to_string(value)
    flags = to_string(get(this, "flags"))
    execution = Execution(this, text)
    if "g" not in flags:
        result = execution.next()
        return null if result is None else result
    if execution.is_plain(flags):
        found = Array(execution.subject.part(*span_of(each)) for each in execution.captures())
    else:
        found = Array(to_string(get(result, 0)) for result in execution.all(flags))
    return found if found else null


MATCH_ITERATOR: Final = iterator_class("RegExp String Iterator")
"""The class of what `matchAll` gives. ECMA-262 22.2.9.2."""


def match_all(this: Any, value: object) -> JsIterator:
    """Be `RegExp.prototype[Symbol.matchAll]`. ECMA-262 22.2.6.9."""
    _object(this, "@@matchAll")
    text = to_string(value)
    flags = to_string(get(this, "flags"))
    matcher = RegExp(source_of(regexp(this, "@@matchAll")), flags)
    matcher.last_index = to_length(get(this, "lastIndex"))
    return JsIterator(_matches(matcher, text, flags), MATCH_ITERATOR)


def _matches(matcher: RegExp, text: str, flags: str) -> Iterator[Any]:
    execution = Execution(matcher, text)
    while (result := execution.next()) is not None:
        yield result
        if "g" not in flags:
            return
        if get(result, 0) == "":
            execution.advance()


def find(this: Any, value: object) -> object:
    """Be `RegExp.prototype[Symbol.search]`. ECMA-262 22.2.6.12."""
    _object(this, "@@search")
    text = to_string(value)
    before = get(this, "lastIndex")
    if not same_value(before, 0):
        set_property(this, "lastIndex", 0)
    result = Execution(this, text).next()
    if not same_value(get(this, "lastIndex"), before):
        set_property(this, "lastIndex", before)
    return -1 if result is None else get(result, "index")


def replace(this: Any, value: object, replacement: Any) -> str:
    """Be `RegExp.prototype[Symbol.replace]`. ECMA-262 22.2.6.11."""
    _object(this, "@@replace")
    text = to_string(value)
    units = split_surrogates(text)
    make = _replacer(units, replacement)
    flags = to_string(get(this, "flags"))
    execution = Execution(this, text)
    parts, end, size = [], 0, 0
    for found in _all_found(execution, flags, units):
        made = make(found)
        if found.position >= end:
            parts += [units[end : found.position], made]
            size += len(parts[-2]) + len(made)
            check_length(size)
            end = found.position + len(found.matched)
    return join_units([*parts, units[end:]]) if end < len(units) else join_units(parts)


def _all_found(execution: Execution, flags: str, units: str) -> list[Found]:
    """Find everything that is to be replaced; it is found before anything is replaced."""
    if "g" not in flags:
        results = [result for result in [execution.next()] if result is not None]
    elif execution.is_plain(flags):
        pattern, subject = execution.pattern, execution.subject
        return [_plain_found(pattern, subject, units, each) for each in execution.captures()]
    else:
        results = list(execution.all(flags))
    return [_found(units, result) for result in results]


def _plain_found(pattern: RegExp, subject: Subject, units: str, found: Captures) -> Found:
    start, end = span_of(found)
    first, last = subject.to_unit(start), subject.to_unit(end)
    texts = texts_of(subject, found)
    captures = [None if each is None else split_surrogates(each) for each in texts[1:]]
    return Found(units, units[first:last], first, captures, groups_of(pattern, found, texts))


def _found(units: str, result: Any) -> Found:
    """Read a result array, which a guest's `exec` may have made."""
    matched = split_surrogates(to_string(get(result, 0)))
    position = int(max(min(to_integer(get(result, "index")), len(units)), 0))
    count = max(to_length(get(result, "length")) - 1, 0)
    if count > MAX_GROUPS:
        raise RangeError(f"a match of more than {MAX_GROUPS} groups is not supported")
    captures = [get(result, index) for index in range(1, count + 1)]
    texts = [None if each is None else split_surrogates(to_string(each)) for each in captures]
    return Found(units, matched, position, texts, get(result, "groups"))


def _replacer(units: str, replacement: Any) -> Callable[[Found], str]:
    if not is_function(replacement):
        template = split_surrogates(to_string(replacement))
        return lambda found: substitute(found, template)

    def call(found: Found) -> str:
        captures = [None if each is None else joined_surrogates(each) for each in found.captures]
        arguments = [joined_surrogates(found.matched), *captures, found.position]
        arguments.append(joined_surrogates(units))
        if found.groups is not None:
            arguments.append(found.groups)  # type: ignore[arg-type]
        return split_surrogates(to_string(invoke(replacement, None, *arguments)))

    return call


def split(this: Any, value: object, limit: object) -> Array:
    """Be `RegExp.prototype[Symbol.split]`: its own search, `exec` is not asked. 22.2.6.14."""
    pattern = regexp(this, "@@split")
    subject = subject_of(pattern, to_string(value))
    most = 2**32 - 1 if limit is None else to_uint32(to_number(limit))
    if most == 0:
        return Array()
    result = Array()
    for piece in _pieces(pattern, subject):
        result.append(piece)
        if len(result) == most:
            break
    return result


def _pieces(pattern: AnyRegExp, subject: Subject) -> Iterator[str | None]:
    """Give the texts between the matches, and the captures of each match behind the one."""
    searcher, budget = searcher_of(pattern), Budget()
    characters, size = subject.characters, len(subject.characters)
    start = position = 0
    if not size:
        if searcher.search(characters, 0, budget, sticky=True) is None:
            yield ""
        return
    while position < size:
        found = searcher.search(characters, position, budget, sticky=False)
        if found is None or span_of(found)[0] >= size:
            break
        begin, end = span_of(found)
        if end == start:
            position = begin + 1
            continue
        yield joined_surrogates(characters[start:begin])
        yield from texts_of(subject, found)[1:]
        start = position = end
    yield joined_surrogates(characters[start:])
