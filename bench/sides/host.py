"""What Rust calls on every side of Python: the same functions, so that only the border differs."""

from __future__ import annotations

from array import array


class SoldOutError(Exception):
    """What `host_fails` raises."""


def host(n: int) -> int:
    """Give the number back."""
    return n


def host_text(text: str) -> str:
    """Give the text back."""
    return text


def host_fails() -> None:
    """Raise SoldOutError."""
    raise SoldOutError("sold out")


def f64s(count: int) -> array[float]:
    """Give an array of so many numbers."""
    return array("d", bytes(8 * count))
