"""Versions: Cargo's (semver 2.0.0) -> Python's (PEP 440), and the range that a wheel asks for.

Both order their versions: alpha, beta and rc stand in the same order in both. Python puts `.dev`
before all of them. A pre-release that Python has no word for is refused, since pip would take it
for something else than cargo does.
"""

from __future__ import annotations

import re

from packaging.version import InvalidVersion, Version

from unpoison.errors import ToolError

# ASCII alone: semver's letters and digits are those of its grammar.
_SEMVER = re.compile(
    r"(?P<release>\d+\.\d+\.\d+)(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+(?P<build>[0-9A-Za-z.-]+))?",
    re.ASCII,
)
_PRE = re.compile(r"(?P<stage>[A-Za-z]+)(?:[.-]?(?P<number>\d+))?", re.ASCII)
_STAGES = {
    "dev": ".dev",
    "a": "a",
    "alpha": "a",
    "b": "b",
    "beta": "b",
    "c": "rc",
    "rc": "rc",
    "pre": "rc",
    "preview": "rc",
}


def python_version(semver: str) -> str:
    """Give the PEP 440 version that a version of Cargo's has in Python.

    `1.2.0-alpha.3` is `1.2.0a3`, `-beta` is `b0`, `-rc.1` is `rc1`, `-dev.4` is `.dev4`, and build
    metadata is a local version: `+linux.5` stays. Raises ToolError for any other pre-release.
    """
    found = _SEMVER.fullmatch(semver)
    if found is None:
        raise ToolError(f"{semver!r} is not a version of Cargo's, like 1.2.3 or 1.2.3-alpha.1")
    text = found["release"] + _pre_release(found["pre"], semver)
    if found["build"] is not None:
        text += _local(found["build"])
    return str(Version(text))


def checked_version(text: str) -> str:
    """Give a PEP 440 version in its normal form. Raises ToolError when it is none."""
    try:
        return str(Version(text))
    except InvalidVersion as error:
        raise ToolError(f"{text!r} is not a version of Python's (PEP 440)") from error


def compatible_range(version: str) -> str:
    """Give what is compatible with a version of ours: `>=` it and `<` the next that may break.

    That is the next major version, and before 1.0 the next minor one.
    """
    here = Version(version)
    breaking = f"{here.major + 1}" if here.major else f"0.{here.minor + 1}"
    return f">={here.public},<{breaking}"


def _pre_release(pre: str | None, semver: str) -> str:
    if pre is None:
        return ""
    found = _PRE.fullmatch(pre)
    stage = None if found is None else _STAGES.get(found["stage"].lower())
    if found is None or stage is None:
        raise ToolError(
            f"version {semver}: the pre-release -{pre} has no equal in Python (PEP 440); use "
            "-alpha.N, -beta.N, -rc.N or -dev.N, or give the wheel a version of its own: "
            '[package.metadata.unpoison] version = "..."'
        )
    return f"{stage}{int(found['number'] or 0)}"


def _local(build: str) -> str:
    parts = [part for part in re.split("[.-]", build) if part]
    return f"+{'.'.join(parts)}" if parts else ""
