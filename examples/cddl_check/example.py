"""JSON checked against a CDDL schema, with the published crate `cddl`.

Run it with `python examples/cddl_check/example.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

import unpoison

SCHEMA = """
person = {
  name: text .size (1..40),
  age: uint .lt 150,
  ? tags: [* text],
}
"""


def main() -> None:
    """Check a good and a bad document, and print what is wrong."""
    with unpoison.load(Path(__file__).with_name("cddl_check.legacy.wasm")) as instance:
        check = instance.exports.validate_json_from_str
        for person in ({"name": "Ada", "age": 36, "tags": ["maths"]}, {"name": "", "age": 200}):
            try:
                check(SCHEMA, json.dumps(person))
            except unpoison.ThrownError as error:
                print(f"{person}: {error}")
            else:
                print(f"{person}: fine")


if __name__ == "__main__":
    main()
