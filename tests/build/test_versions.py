"""Cargo's versions in Python's words, and the range of ours that a wheel asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from unpoison.build.versions import checked_version, compatible_range, python_version
from unpoison.errors import ToolError


@pytest.mark.parametrize(
    ("cargo", "python"),
    [
        ("1.2.3", "1.2.3"),
        ("0.0.0", "0.0.0"),
        ("1.0.0-alpha", "1.0.0a0"),
        ("1.0.0-alpha.3", "1.0.0a3"),
        ("1.0.0-a1", "1.0.0a1"),
        ("1.0.0-Beta-2", "1.0.0b2"),
        ("1.0.0-rc.1", "1.0.0rc1"),
        ("1.0.0-pre.7", "1.0.0rc7"),
        ("1.0.0-dev.4", "1.0.0.dev4"),
        ("1.2.3+build.5", "1.2.3+build.5"),
        ("1.2.3+Linux-x86", "1.2.3+linux.x86"),
        ("1.2.3-beta.1+20240102", "1.2.3b1+20240102"),
        ("1.2.3+-.-", "1.2.3"),
    ],
)
def test_a_version_in_python(cargo: str, python: str) -> None:
    assert python_version(cargo) == python


@pytest.mark.parametrize("pre", ["nightly.20240102", "alpha.1.2", "0.3.7", "x-y", "alpha.beta"])
def test_a_pre_release_that_python_has_no_word_for_is_refused(pre: str) -> None:
    with pytest.raises(ToolError, match=f"-{pre} has no equal") as caught:
        python_version(f"1.0.0-{pre}")
    assert "[package.metadata.unpoison] version" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.3-", "1.2.٣", "1.2.3\n"]
)
def test_what_is_no_version_of_cargos_is_refused(text: str) -> None:
    with pytest.raises(ToolError, match="not a version of Cargo's"):
        python_version(text)


NUMBERS = st.integers(0, 30)
RELEASES = st.tuples(NUMBERS, NUMBERS, NUMBERS)
STAGES = st.none() | st.tuples(st.sampled_from(["alpha", "beta", "rc"]), NUMBERS)
VERSIONS = st.tuples(RELEASES, STAGES)


def semver(version: tuple[tuple[int, int, int], tuple[str, int] | None]) -> str:
    release, stage = version
    text = ".".join(map(str, release))
    return text if stage is None else f"{text}-{stage[0]}.{stage[1]}"


def precedence(version: tuple[tuple[int, int, int], tuple[str, int] | None]) -> object:
    """Semver's order, section 11: a pre-release comes before its release."""
    release, stage = version
    return release, stage is None, stage or ("", 0)


@given(VERSIONS, VERSIONS)
def test_versions_stay_in_order(
    one: tuple[tuple[int, int, int], tuple[str, int] | None],
    other: tuple[tuple[int, int, int], tuple[str, int] | None],
) -> None:
    left, right = (Version(python_version(semver(item))) for item in (one, other))
    assert (left < right) is (precedence(one) < precedence(other))  # type: ignore[operator]


@given(st.text(max_size=20))
def test_any_text_is_a_version_or_refused(text: str) -> None:
    for convert in (python_version, checked_version):
        try:
            assert str(Version(convert(text))) == convert(text)
        except ToolError as error:
            assert repr(text) in str(error) or text in str(error)


@pytest.mark.parametrize(
    ("ours", "wanted"),
    [
        ("0.1.0", ">=0.1.0,<0.2"),
        ("0.9.3", ">=0.9.3,<0.10"),
        ("1.4.2", ">=1.4.2,<2"),
        ("2.0.0rc1", ">=2.0.0rc1,<3"),
        ("0.2.0.dev3+local", ">=0.2.0.dev3,<0.3"),
    ],
)
def test_the_range_ends_where_something_may_break(ours: str, wanted: str) -> None:
    assert compatible_range(ours) == wanted
