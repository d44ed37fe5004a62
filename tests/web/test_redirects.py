"""What is asked after a redirect. Fetch 4.4."""

from __future__ import annotations

import pytest

from unpoison import js
from unpoison.web.redirects import MAX_REDIRECTS, Asking

HEADERS = [("authorization", "a"), ("content-type", "text/plain"), ("x", "y")]


def asking(method: str = "POST", mode: str = "follow", content: bytes | None = b"body") -> Asking:
    return Asking(method, ["http://w/a"], list(HEADERS), content, mode)


@pytest.mark.parametrize(
    ("status", "method", "next_method", "keeps"),
    [
        (301, "POST", "GET", False),
        (302, "POST", "GET", False),
        (302, "PUT", "PUT", True),
        (303, "PUT", "GET", False),
        (303, "HEAD", "HEAD", True),
        (307, "POST", "POST", True),
        (308, "POST", "POST", True),
    ],
)
def test_the_next_request(status: int, method: str, next_method: str, keeps: bool) -> None:
    request = asking(method)
    assert request.redirected(status, "b?q#f")
    assert (request.method, request.url) == (next_method, "http://w/b?q")
    assert request.content == (b"body" if keeps else None)
    assert (("content-type", "text/plain") in request.headers) is keeps
    assert ("x", "y") in request.headers


@pytest.mark.parametrize(("location", "keeps"), [("/b", True), ("http://other/", False)])
def test_credentials_go_to_the_same_origin_only(location: str, keeps: bool) -> None:
    request = asking()
    request.redirected(307, location)
    assert (("authorization", "a") in request.headers) is keeps


@pytest.mark.parametrize(
    ("status", "location", "mode"),
    [(200, "/b", "follow"), (302, None, "follow"), (304, "/b", "follow"), (302, "/b", "manual")],
)
def test_what_is_no_redirect_to_follow(status: int, location: str | None, mode: str) -> None:
    request = asking(mode=mode)
    assert not request.redirected(status, location)
    assert request.urls == ["http://w/a"]


def test_a_redirect_that_must_not_come() -> None:
    with pytest.raises(js.TypeError, match="unexpected redirect"):
        asking(mode="error").redirected(302, "/b")


def test_a_location_that_is_no_url() -> None:
    with pytest.raises(js.TypeError, match="which is no URL"):
        asking().redirected(302, "http://[")


def test_a_stream_cannot_be_sent_again() -> None:
    request = asking()
    request.content = iter([b""])  # type: ignore[assignment]
    with pytest.raises(js.TypeError, match="cannot be sent again"):
        request.redirected(307, "/b")
    assert request.redirected(303, "/b")


def test_redirects_are_bounded() -> None:
    request = asking()
    for number in range(MAX_REDIRECTS):
        assert request.redirected(302, f"/{number}")
    with pytest.raises(js.TypeError, match=f"more than {MAX_REDIRECTS}"):
        request.redirected(302, "/again")
