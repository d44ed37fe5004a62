"""URL, on the parser ada. URL standard 4, 6.1.

ada keeps to the WHATWG standard, host names in Unicode included; browsers and Node use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from unpoison import js
from unpoison.web.idl import interface, usv_string
from unpoison.web.url_search_params import URLSearchParams, parse

if TYPE_CHECKING:
    import ada_url


class InvalidURL(js.TypeError):
    """What `new URL` raises: a TypeError with the code and the input, as on Node."""

    __module__ = "unpoison.web"

    def __init__(self, text: str, base: str | None) -> None:
        super().__init__("Invalid URL", name="TypeError")
        self.code = "ERR_INVALID_URL"
        self.input = text
        if base is not None:
            self.base = base

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.input, getattr(self, "base", None)))


class URL(js.JsObject):
    """A URL, parsed and changed as browsers do. `str(url)` is its `href`.

    Raises InvalidURL (a js.TypeError) for what is none. `base` is what a relative one is
    relative to.
    """

    __slots__ = ("_record", "_search_params")

    _record: ada_url.URL

    def __init__(self, url: object, base: object = None) -> None:
        super().__init__()
        text = usv_string(url)
        against = None if base is None else usv_string(base)
        self._record = _parsed(text, against)
        self._search_params: URLSearchParams | None = None

    @property
    def href(self) -> str:
        """The whole URL. Setting it to what is no URL raises InvalidURL."""
        return str(self._record.href)

    @href.setter
    def href(self, value: object) -> None:
        self._record = _parsed(usv_string(value), None)
        self._refresh()

    @property
    def origin(self) -> str:
        """Scheme, host and port, or "null"."""
        return self._record.origin

    @property
    def protocol(self) -> str:
        """The scheme, with a colon."""
        return self._record.protocol

    @protocol.setter
    def protocol(self, value: object) -> None:
        self._set("protocol", value)

    @property
    def username(self) -> str:
        """The user name, percent-encoded."""
        return self._record.username

    @username.setter
    def username(self, value: object) -> None:
        self._set("username", value)

    @property
    def password(self) -> str:
        """The password, percent-encoded."""
        return self._record.password

    @password.setter
    def password(self, value: object) -> None:
        self._set("password", value)

    @property
    def host(self) -> str:
        """The host name, with a port that is not the scheme's own."""
        return self._record.host

    @host.setter
    def host(self, value: object) -> None:
        self._set("host", value)

    @property
    def hostname(self) -> str:
        """The host name; one in Unicode is in its ASCII form."""
        return self._record.hostname

    @hostname.setter
    def hostname(self, value: object) -> None:
        self._set("hostname", value)

    @property
    def port(self) -> str:
        """The port as digits; empty for the scheme's own."""
        return self._record.port

    @port.setter
    def port(self, value: object) -> None:
        self._set("port", value)

    @property
    def pathname(self) -> str:
        """The path."""
        return self._record.pathname

    @pathname.setter
    def pathname(self, value: object) -> None:
        self._set("pathname", value)

    @property
    def search(self) -> str:
        """The query with its question mark; empty for none."""
        return self._record.search

    @search.setter
    def search(self, value: object) -> None:
        self._set("search", value)
        self._refresh()

    @property
    def hash(self) -> str:
        """The fragment with its #; empty for none."""
        return self._record.hash

    @hash.setter  # noqa: A003 - the name of the standard
    def hash(self, value: object) -> None:
        self._set("hash", value)

    @property
    def search_params(self) -> URLSearchParams:
        """The query as pairs, which change the URL when they are changed."""
        if self._search_params is None:
            self._search_params = URLSearchParams(parse(self.search.removeprefix("?")), self)
        return self._search_params

    def update_query(self, query: str) -> None:
        """Take the query of changed parameters."""
        self._set("search", query)

    def to_string(self) -> str:
        """Give the whole URL."""
        return self.href

    def to_json(self) -> str:
        """Give the whole URL, for JSON."""
        return self.href

    def _set(self, name: str, value: object) -> None:
        try:
            setattr(self._record, name, usv_string(value))
        except ValueError:
            return  # a part that is not valid leaves the URL as it is

    def _refresh(self) -> None:
        if self._search_params is not None:
            self._search_params.replace(self.search.removeprefix("?"))

    def __str__(self) -> str:
        return self.href

    def __repr__(self) -> str:
        return f"URL({self.href!r})"


def _parsed(text: str, base: str | None) -> ada_url.URL:
    import ada_url  # loads native code, which few programs need

    try:
        return ada_url.URL(text, base)
    except ValueError:
        raise InvalidURL(text, base) from None


def _construct(realm: js.Realm, url: object, base: object) -> URL:
    return URL(url, base)


def _parse(realm: js.Realm, url: object, base: object) -> object:
    try:
        return URL(url, base)
    except InvalidURL:
        return js.null


def _can_parse(realm: js.Realm, url: object, base: object) -> bool:
    return isinstance(_parse(realm, url, base), URL)


def _refuse(realm: js.Realm, value: Any) -> Any:
    raise js.Error("unpoison has no store of object URLs", name="NotSupportedError")


REFUSED_STATICS: Final = ("createObjectURL", "revokeObjectURL")
URL_CLASS: Final = interface(
    URL,
    operations=("toString",),
    methods={"toJSON": URL.to_json},
    attributes=("origin", "searchParams"),
    writable=(
        "hash",
        "host",
        "hostname",
        "href",
        "password",
        "pathname",
        "port",
        "protocol",
        "search",
        "username",
    ),
    statics={
        "canParse": _can_parse,
        "parse": _parse,
        **dict.fromkeys(REFUSED_STATICS, _refuse),
    },
    construct=_construct,
    length=1,
)
