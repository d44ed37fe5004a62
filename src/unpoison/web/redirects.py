"""What is asked after a redirect. Fetch 4.4, HTTP-redirect fetch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from unpoison import js
from unpoison.web.headers import Pair
from unpoison.web.response import REDIRECTS
from unpoison.web.url import URL

MAX_REDIRECTS: Final = 20
_NO_BODY: Final = ("content-encoding", "content-language", "content-location", "content-type",
                   "content-length")  # fmt: skip
_CREDENTIALS: Final = ("authorization", "cookie", "proxy-authorization")

Content = bytes | AsyncIterator[bytes] | None


@dataclass(slots=True)
class Asking:
    """A request as it stands after the redirects so far; `urls` are all that were asked.

    `mode` is what to do about redirects: follow, error or manual.
    """

    method: str
    urls: list[str]
    headers: list[Pair]
    content: Content
    mode: str = "follow"
    _left: int = field(default=MAX_REDIRECTS, init=False)

    @property
    def url(self) -> str:
        """The URL to ask now."""
        return self.urls[-1]

    def redirected(self, status: int, location: str | None) -> bool:
        """Tell whether a response is a redirect to be followed, and be the next request then.

        Raises js.TypeError for one that must not or cannot be followed.
        """
        if status not in REDIRECTS or location is None or self.mode == "manual":
            return False
        if self.mode == "error":
            raise js.TypeError("fetch failed: unexpected redirect")
        if self._left == 0:
            raise js.TypeError(f"fetch failed: more than {MAX_REDIRECTS} redirects")
        self._left -= 1
        self._follow(status, location)
        return True

    def _follow(self, status: int, location: str) -> None:
        try:
            new = URL(location, self.url).href.partition("#")[0]
        except js.TypeError:
            raise js.TypeError(
                f"fetch failed: it redirects to {location!r}, which is no URL"
            ) from None
        if status != 303 and self.content is not None and not isinstance(self.content, bytes):
            raise js.TypeError("fetch failed: a body that is a stream cannot be sent again")
        to_get = (status in (301, 302) and self.method == "POST") or (
            status == 303 and self.method not in ("GET", "HEAD")
        )
        if to_get:
            self.method, self.content = "GET", None
            self._drop(_NO_BODY)
        if URL(new).origin != URL(self.url).origin:
            self._drop(_CREDENTIALS)
        self.urls.append(new)

    def _drop(self, names: Sequence[str]) -> None:
        self.headers = [pair for pair in self.headers if pair[0] not in names]
