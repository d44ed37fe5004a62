"""EventTarget where Node leaves the DOM standard, and listeners of Python."""

from __future__ import annotations

import pytest

from tests.web.world import World
from unpoison import js
from unpoison.errors import PanicError
from unpoison.web import AbortSignal, DOMException, Event, EventTarget


def test_every_listener_sees_the_event_at_its_target(world: World) -> None:
    program = """
        const target = new EventTarget();
        const tell = event => log(event.eventPhase, event.currentTarget === target,
                                  event.composedPath().length);
        target.addEventListener('x', tell);
        target.addEventListener('x', tell, true);
        const event = new Event('x');
        target.dispatchEvent(event);
        log(event.eventPhase, event.currentTarget, event.target === target, event.composedPath());
    """
    assert world.run(program) == ["2 true 1", "2 true 1", "0 null true []"]


def test_an_event_that_is_being_dispatched_is_refused(world: World) -> None:
    program = """
        const target = new EventTarget();
        target.addEventListener('x', event => {
            try { target.dispatchEvent(event); } catch (error) { log(error.name, error.code); }
        });
        target.dispatchEvent(new Event('x'));
    """
    assert world.run(program) == ['"InvalidStateError" 11']


def test_events_have_the_constants_of_their_phases(world: World) -> None:
    program = "log(Event.CAPTURING_PHASE, new Event('x').BUBBLING_PHASE, Event.prototype.NONE)"
    assert world.run(program) == ["1 3 0"]


def test_init_event_starts_an_event_anew(world: World) -> None:
    program = """
        const event = new Event('a', {cancelable: true});
        event.preventDefault();
        event.initEvent('b', true, false);
        log(event.type, event.bubbles, event.cancelable, event.defaultPrevented);
    """
    assert world.run(program) == ['"b" true false false']


def test_python_code_listens_and_dispatches(world: World) -> None:
    target, heard = EventTarget(world.realm), []
    target.add_event_listener("x", lambda event: heard.append(event.type), {"once": True})
    assert target.dispatch_event(Event("x"))
    assert target.dispatchEvent(Event("x", cancelable=True))
    assert heard == ["x"]


def test_bound_methods_are_the_same_listener_each_time(world: World) -> None:
    heard: list[object] = []
    target = EventTarget(world.realm)
    target.add_event_listener("x", heard.append)
    target.add_event_listener("x", heard.append)
    target.remove_event_listener("x", heard.append)
    target.dispatch_event(Event("x"))
    assert heard == []


def test_what_a_listener_raises_goes_to_the_host(world: World) -> None:
    target, error = EventTarget(world.realm), PanicError("in Rust", 1)

    def fail(event: object) -> None:
        raise error

    target.add_event_listener("x", fail)
    assert target.dispatch_event(Event("x"))
    assert world.errors == [error]


def test_an_interrupt_is_nothing_to_be_reported(world: World) -> None:
    target = EventTarget(world.realm)

    def interrupt(event: object) -> None:
        raise KeyboardInterrupt

    target.add_event_listener("x", interrupt)
    event = Event("x")
    with pytest.raises(KeyboardInterrupt):
        target.dispatch_event(event)
    assert not event.dispatching


@pytest.mark.parametrize("signal", [5, {}, "x", js.null])
def test_another_signal_is_refused(world: World, signal: object) -> None:
    with pytest.raises(js.TypeError, match="AbortSignal"):
        EventTarget(world.realm).add_event_listener("x", print, {"signal": signal})


def test_a_method_of_an_event_refuses_another_this(world: World) -> None:
    with pytest.raises(js.TypeError, match='Value of "this" must be of type Event'):
        js.invoke(js.get(Event("x"), "preventDefault"), {})


def test_an_aborted_signal_raises_its_reason(world: World) -> None:
    signal = AbortSignal.aborted_with(world.realm)
    with pytest.raises(DOMException) as caught:
        signal.throw_if_aborted()
    assert str(caught.value) == "AbortError: This operation was aborted"
    with pytest.raises(js.Error, match="AbortError"):
        signal.throwIfAborted()
