"""URL and URLSearchParams as Python code uses them, and for any input."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.world import World
from unpoison import js
from unpoison.web import URL, InvalidURL, URLSearchParams
from unpoison.web.url_search_params import parse, serialize

any_text = st.text(st.characters(codec=None) | st.sampled_from("/:@?#[]%.\\ \ud800"))


def test_a_url_is_changed_by_its_properties() -> None:
    url = URL("../x?q=1", "https://example.org/a/b/c")
    url.port, url.hash = "8080", "top"
    url.search_params.append("new", "a b")
    assert str(url) == "https://example.org:8080/a/x?q=1&new=a+b#top"
    assert repr(URL("http://h")) == "URL('http://h/')"


def test_what_is_no_url_says_what_it_is() -> None:
    with pytest.raises(InvalidURL) as caught:
        URL("x y", "also none")
    error = caught.value
    assert isinstance(error, js.TypeError)
    assert (error.input, error.base, error.code) == ("x y", "also none", "ERR_INVALID_URL")
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (again.input, again.base, str(again)) == ("x y", "also none", str(error))


def test_parameters_are_a_list_of_pairs() -> None:
    params = URLSearchParams([("a", "1"), ("b", "2")])
    assert (list(params), len(params), "a" in params, "c" in params, 5 in params) == (
        [("a", "1"), ("b", "2")],
        2,
        True,
        False,
        False,
    )
    assert str(params) == params.toString() == "a=1&b=2"
    assert repr(params) == "URLSearchParams('a=1&b=2')"
    assert params.get("c") is js.null


@given(any_text, st.none() | any_text)
def test_any_text_is_a_url_or_is_refused(text: str, base: str | None) -> None:
    try:
        url = URL(text, base)
    except InvalidURL:
        return
    assert URL(url.href).href == url.href


@given(st.lists(st.tuples(st.text(), st.text())))
def test_parsing_gives_back_what_was_serialized(pairs: list[tuple[str, str]]) -> None:
    pairs = [(_scalar(name), _scalar(value)) for name, value in pairs]
    assert parse(serialize(pairs)) == pairs


@given(any_text)
def test_setting_any_part_leaves_a_url(text: str) -> None:
    for name in ("protocol", "username", "password", "host", "port", "pathname", "search", "hash"):
        url = URL("http://example.org/x?y#z")
        setattr(url, name, text)
        assert URL(url.href).href == url.href


def _scalar(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def test_object_urls_are_refused_by_name(world: World) -> None:
    with pytest.raises(js.Error, match="NotSupportedError"):
        js.call_method(world.names["URL"], "createObjectURL", js.Object())


def test_a_walk_over_growing_parameters_can_be_left(world: World) -> None:
    program = """
        const params = new URLSearchParams('a=1');
        let count = 0;
        for (const [name] of params) { params.append(name, '2'); if (++count === 100) break; }
        log(params.size);
    """
    assert world.run(program) == ["101"]
