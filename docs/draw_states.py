"""Draws the life of an instance into docs/recovery.md, from the table that the runtime obeys.

`python docs/draw_states.py` rewrites the diagram; a test compares it with the table.
"""

from __future__ import annotations

from pathlib import Path

from unpoison.runtime.lifecycle import TRANSITIONS, Event, State

PAGE = Path(__file__).parent / "recovery.md"
BEGIN = "<!-- drawn by docs/draw_states.py from runtime/lifecycle.py -->\n"
END = "<!-- end -->\n"


def draw(transitions: dict[State, dict[Event, State]]) -> str:
    """Give the table as a Mermaid diagram; the first state is where an instance begins."""
    first = next(iter(transitions))
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first.name}"]
    for state, events in transitions.items():
        if not events:
            lines.append(f"    {state.name} --> [*]")
        for event, target in events.items():
            lines.append(f"    {state.name} --> {target.name}: {event.value}")
    return "\n".join([*lines, "```", ""])


def redraw(page: str) -> str:
    """Give the page with the diagram of today's table between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{draw(TRANSITIONS)}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(redraw(PAGE.read_text()))
