"""Rules as data, with the crate `jsonlogic-rs`: `python examples/jsonlogic/example.py`."""

from __future__ import annotations

from pathlib import Path

import unpoison

RULE = {
    "and": [
        {"<": [{"var": "temp"}, 110]},
        {"==": [{"var": "pie.filling"}, "apple"]},
    ]
}


def main() -> None:
    """Apply a rule to some data."""
    with unpoison.load(Path(__file__).with_name("jsonlogic.legacy.wasm")) as instance:
        apply = instance.exports.apply
        for pie in ({"temp": 100, "pie": {"filling": "apple"}}, {"temp": 212, "pie": {}}):
            print(f"{pie}: {'eat it' if apply(RULE, pie) else 'not yet'}")
        add = {"+": [{"var": "current"}, {"var": "accumulator"}]}
        total = {"reduce": [{"var": "prices"}, add, 0]}
        print("sum:", apply(total, {"prices": [1.5, 2.25, 3]}))


if __name__ == "__main__":
    main()
