"""Our declarations beside those of wasm-bindgen's CLI: every line that differs, by why it does.

`python -m tests.peers.declarations` compares again and writes `declarations.json`; needs the CLI.
Not compared: the order of declarations, comments, and how a namespace is written (the CLI has an
object of functions named `space__name`, unpoison a namespace of TypeScript).
"""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import _peers
from tests.glue.bound import ROOT
from unpoison.glue import PackageOptions, make_javascript_package

RECORD = Path(__file__).with_name("declarations.json")
UNKNOWN = "not classified"

_NAMESPACE = re.compile(
    r"""\}?[,;]?
    | (?:export\ |declare\ )?(?:let|namespace)\ [\w.]+:?\ \{
    | \w+:\ \{
    | \w+:\ typeof\ \w+,?
    | export\ \{\ \w+\ as\ \w+\ \};?
    | (?:declare|export)\ let\ [\w.]+:\ unknown;
    | export\ \{\ [\w.]+\ as\ \w+\ \};?""",
    re.VERBOSE,
)
_DOCUMENTATION = re.compile(r"/?\*")


def modules() -> list[Path]:
    """Give a build of each example and test crate, the legacy one if there is one, by name."""
    found = {}
    for build in ("exnref", "abort", "legacy"):
        for folder in ("examples", "tests/crates"):
            for path in (ROOT / folder).glob(f"*/*.{build}.wasm"):
                found[path.name.partition(".")[0]] = path
    return [found[name] for name in sorted(found)]


def compare_all() -> dict[str, dict[str, int]]:
    """Give the number of lines that differ, by module and reason."""
    return {path.name: dict(sorted(compare(*both(path)).items())) for path in modules()}


def both(path: Path) -> tuple[str, str]:
    """Give the declarations of a module: the CLI's, and ours."""
    name = path.name.partition(".")[0]
    with TemporaryDirectory() as folder:
        command = [_peers.wasm_bindgen(), str(path), "--target", "nodejs"]
        command += ["--out-dir", folder, "--out-name", name]
        subprocess.run(command, check=True, capture_output=True)
        theirs = Path(folder, f"{name}.d.ts").read_text(encoding="utf-8")
    _, files = make_javascript_package(path.read_bytes(), "node", PackageOptions(name=name))
    return theirs, files[f"{name}.d.ts"].decode()


def compare(theirs: str, ours: str) -> Counter[str]:
    """Give the number of differing lines by reason."""
    left, right = Counter(_lines(theirs)), Counter(_lines(ours))
    here, there = sorted((right - left).elements()), sorted((left - right).elements())
    reasons: Counter[str] = Counter()
    for reason, fits in PAIRS.items():
        for line in list(there):
            pair = next((one for one in here if _key(one) == _key(line) and fits(line, one)), None)
            if pair is not None:
                there.remove(line)
                here.remove(pair)
                reasons[reason] += 1
    reasons.update(_reason(line, ALONE_THERE) for line in there)
    reasons.update(_reason(line, ALONE_HERE) for line in here)
    return reasons


def _lines(text: str) -> Iterator[str]:
    """Give the declarations, each on a line, without what is not compared."""
    for raw in text.splitlines():
        line = raw.strip()
        if _DOCUMENTATION.match(line) or _NAMESPACE.fullmatch(line):
            continue
        line = re.sub(r"^(?:export |declare )(?=function|class|enum|let|const)", "", line)
        line = re.sub(r"(?<![\w$])(?:[a-zA-Z]\w*?__)+(?=[a-zA-Z])", "", line)  # space__name
        yield re.sub(r"(?<![\w.$])(?!Symbol\b)(?:\w+\.)+(?=[A-Z])", "", line)  # space.Name


def _key(line: str) -> str:
    """Give what is declared, without its type."""
    plain = re.sub(r'^(?:readonly|private|protected) |"', "", line)
    return re.split(r"[(:={<]", plain)[0].strip()


def _is_any(cli: str, own: str) -> bool:
    """Tell whether ours has `any` where the CLI has some text."""
    return "any" in own and re.fullmatch(re.escape(own).replace("any", ".+"), cli) is not None


def _is_rest(cli: str, own: str) -> bool:
    return "..." in own and re.sub(r"\w+Array \| ", "", cli) == own


def _without_quotes(line: str) -> str:
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: json.loads(found[0]), line)


def _constructor(line: str) -> bool:
    return re.fullmatch(r"(?:private|protected) constructor\(\);", line) is not None


PAIRS: dict[str, Callable[[str, str], bool]] = {
    "a dynamic union": lambda cli, own: cli.startswith("export type") and "any;" in own,
    "a type that is no known name": _is_any,
    "an optional result": lambda cli, own: own.replace(" | undefined", "") == cli,
    "a rest parameter": _is_rest,
    "names and texts": lambda cli, own: _without_quotes(cli) == _without_quotes(own),
    "`this`": lambda cli, own: "(_this: " in cli and "(this: " in own,
    "a class that others extend": lambda cli, own: _constructor(cli) and _constructor(own),
}
"""Reasons for two lines that declare the same; a pair gets the first that fits."""

ALONE_THERE = {
    "`__wbg_reset_state`": r"function __wbg_reset_state\(.*",
    "a class that is private": r"export type \{ \w+ \};",
}
_MEMBER = r'(?:unknown|any|"[\w-]*")'
ALONE_HERE = {
    "the mark of a module": r"export \{\};",
    "an enum that only an import has": rf"export type \w+ = {_MEMBER}(?: \| {_MEMBER})*;",
}
"""Reasons for lines that only one of the two has, by their whole text."""

TOLD = {
    "a dynamic union": ("each of its types", "its texts, and `any`"),
    "a type that is no known name": ("its text, which `tsc` may refuse", "`any`"),
    "an optional result": ("the type without `undefined`", "`string | undefined`"),
    "a rest parameter": (
        "`...a: Float64Array | number[]`, which `tsc` refuses",
        "`...a: number[]`",
    ),
    "names and texts": ("`0: number`, `é` as it is", '`"0": number`, `\\u00e9`'),
    "`this`": ("`_this` has the type of the parameter behind it", "`this: any`, and the parameter"),
    "a class that others extend": ("`private constructor()`", "`protected constructor()`"),
    "`__wbg_reset_state`": ("always declared", "with the option `--reset-state`"),
    "a class that is private": ("`export type { T }`", "declared, not exported"),
    "the mark of a module": ("none", "`export {};`"),
    "an enum that only an import has": ("left out", "declared"),
}
"""Each reason, with what the CLI and what unpoison declares."""


def _reason(line: str, rules: dict[str, str]) -> str:
    found = (name for name, rule in rules.items() if re.fullmatch(rule, line))
    return next(found, f"{UNKNOWN}: {'-' if rules is ALONE_THERE else '+'} {line}")


if __name__ == "__main__":
    RECORD.write_text(json.dumps(compare_all(), indent=1) + "\n", encoding="utf-8")
