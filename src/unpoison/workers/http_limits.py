"""What a client may ask of the HTTP side: sizes in bytes, times in seconds, one row each."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1 << 10
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Limits of requests; the sizes of URL, headers and body are the platform's documented ones."""

    url: int = 16 * KIB
    """Longest request target; above it 414."""
    headers: int = 128 * KIB
    """All names and values of one request; above it 431."""
    header_count: int = 1_000
    """Fields of one request; above it 431."""
    body: int = 100 * MIB
    """Longest body; above it 413."""
    buffered_body: int = 64 * KIB
    """A body of a declared length up to this is read before the Worker is called, so that a slow
    client holds no instance; a longer one is streamed."""
    web_socket_message: int = 32 * MIB
    """Longest message that a client may send; above it the socket closes with 1009."""
    web_socket_backlog: int = 32 * MIB
    """What may wait for a client that does not read; above it the socket is lost."""
    refused_upgrade_body: int = MIB
    """Longest body of an answer that refuses a WebSocket: servers keep it in memory."""

    connections: int = 10_000
    """Connections at once; one more is answered 503."""
    head_seconds: float = 10.0
    """From the first byte of a request to the end of its headers; above it 408."""
    keep_alive_seconds: float = 75.0
    """How long a connection may be open without a request."""
    stall_seconds: float = 30.0
    """How long a client may send or take no byte of a body that it began."""
    slowest_rate: float = 500.0
    """Bytes that buy a client one more second, up to `stall_seconds` in hand."""
