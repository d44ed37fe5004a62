"""Tickets of exceptions that are on their way through Wasm."""

from __future__ import annotations

from unpoison.runtime import in_flight
from unpoison.runtime.in_flight import InFlight


def test_a_ticket_gives_its_exception_once() -> None:
    flights, first, second = InFlight(), KeyError("1"), KeyError("2")
    tickets = [flights.put(first), flights.put(second)]
    assert [flights.take(ticket) for ticket in reversed(tickets)] == [second, first]
    assert [flights.take(ticket) for ticket in tickets] == [None, None]
    assert len(flights) == 0


def test_a_number_that_nobody_was_given_is_nothing() -> None:
    assert InFlight().take(7) is None


def test_the_oldest_is_forgotten_when_more_are_in_flight_than_can_be() -> None:
    flights = InFlight()
    tickets = [flights.put(KeyError(n)) for n in range(in_flight.MAX_IN_FLIGHT + 1)]
    assert len(flights) == in_flight.MAX_IN_FLIGHT
    assert flights.take(tickets[0]) is None
    assert flights.take(tickets[1]) is not None


def test_tickets_stay_positive_numbers_of_31_bits() -> None:
    flights = InFlight()
    flights._last = 0x7FFFFFFF
    assert flights.put(KeyError()) == 0


def test_clearing_forgets_all() -> None:
    flights = InFlight()
    ticket = flights.put(KeyError())
    flights.clear()
    assert flights.take(ticket) is None
