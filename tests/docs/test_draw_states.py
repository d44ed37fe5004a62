"""The diagram in the docs is the table that the runtime obeys."""

from __future__ import annotations

from docs.draw_states import PAGE, draw, redraw
from unpoison.runtime.lifecycle import TRANSITIONS, State


def test_the_diagram_in_the_docs_is_up_to_date() -> None:
    page = PAGE.read_text()
    assert redraw(page) == page, "repair it with: python docs/draw_states.py"


def test_every_transition_is_an_arrow_and_every_final_state_an_end() -> None:
    drawing = draw(TRANSITIONS).splitlines()
    arrows = sum(len(events) for events in TRANSITIONS.values())
    finals = sum(not events for events in TRANSITIONS.values())
    assert sum(" --> " in line for line in drawing) == arrows + finals + 1
    assert all(any(f"    {state.name} -->" in line for line in drawing) for state in State)
