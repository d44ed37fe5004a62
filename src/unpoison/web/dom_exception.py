"""DOMException: the errors of the platform, by name. Web IDL 2.8, 4.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from unpoison import js

_LEGACY_NAMES: Final = """
    IndexSizeError - HierarchyRequestError WrongDocumentError InvalidCharacterError -
    NoModificationAllowedError NotFoundError NotSupportedError InUseAttributeError
    InvalidStateError SyntaxError InvalidModificationError NamespaceError InvalidAccessError -
    TypeMismatchError SecurityError NetworkError AbortError URLMismatchError QuotaExceededError
    TimeoutError InvalidNodeTypeError DataCloneError
"""
LEGACY_CODES: Final[Mapping[str, int]] = {
    name: code for code, name in enumerate(_LEGACY_NAMES.split(), 1) if name != "-"
}
"""The names that have a code; every other name has the code 0. Web IDL 2.8.1."""

_CONSTANTS: Final[Mapping[str, object]] = {
    "INDEX_SIZE_ERR": 1,
    "DOMSTRING_SIZE_ERR": 2,
    "HIERARCHY_REQUEST_ERR": 3,
    "WRONG_DOCUMENT_ERR": 4,
    "INVALID_CHARACTER_ERR": 5,
    "NO_DATA_ALLOWED_ERR": 6,
    "NO_MODIFICATION_ALLOWED_ERR": 7,
    "NOT_FOUND_ERR": 8,
    "NOT_SUPPORTED_ERR": 9,
    "INUSE_ATTRIBUTE_ERR": 10,
    "INVALID_STATE_ERR": 11,
    "SYNTAX_ERR": 12,
    "INVALID_MODIFICATION_ERR": 13,
    "NAMESPACE_ERR": 14,
    "INVALID_ACCESS_ERR": 15,
    "VALIDATION_ERR": 16,
    "TYPE_MISMATCH_ERR": 17,
    "SECURITY_ERR": 18,
    "NETWORK_ERR": 19,
    "ABORT_ERR": 20,
    "URL_MISMATCH_ERR": 21,
    "QUOTA_EXCEEDED_ERR": 22,
    "TIMEOUT_ERR": 23,
    "INVALID_NODE_TYPE_ERR": 24,
    "DATA_CLONE_ERR": 25,
}


class DOMException(js.Error):
    """An error of the platform; `.name` says which, `.code` is the number of old names."""

    __module__ = "unpoison.web"

    def __init__(self, message: str = "", name: str = "Error", *, cause: object = None) -> None:
        super().__init__(message, name=name, cause=cause)

    @property
    def code(self) -> int:
        """The legacy code of the name, 0 for a name without one."""
        return LEGACY_CODES.get(self.name, 0)

    def __str__(self) -> str:
        return f"{self.name}: {self.message}" if self.message else self.name

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.message, self.name), self.__dict__)


def _construct(realm: js.Realm, message: object, options: object) -> DOMException:
    text = "" if message is None else js.to_string(message)
    if js.is_reference(options):
        found = js.items_of(options, "cause", "name")
        return DOMException(text, _name(found["name"]), cause=found["cause"])
    return DOMException(text, _name(options))


def _code(this: object) -> int:
    if not isinstance(this, DOMException):
        raise js.TypeError('Value of "this" must be of type DOMException')
    return this.code


def _name(name: Any) -> str:
    return "Error" if name is None else js.to_string(name)


DOM_EXCEPTION: Final = js.register(
    js.ClassSpec(
        "DOMException",
        js.ERROR,
        getters={"code": _code},
        constants={js.Symbol.to_string_tag: "DOMException", **_CONSTANTS},
        statics=_CONSTANTS,
        construct=_construct,
        length=0,
    ),
    DOMException,
)
