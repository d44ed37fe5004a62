"""Law: parse then emit gives the same bytes, and so does parse, set every section, emit."""

from __future__ import annotations

import random

from fuzz._wasm import main, random_module
from unpoison.wasm import FunctionBody, Module

SECTIONS = (
    "types",
    "imports",
    "functions",
    "tables",
    "memories",
    "tags",
    "globals",
    "exports",
    "start",
    "elements",
    "data_count",
    "datas",
)


def check(seed: int) -> None:
    data = random_module(random.Random(seed)).emit()
    module = Module.parse(data)
    module.check()
    assert module.emit() == data
    rewrite(module)
    assert module.emit() == data


def rewrite(module: Module) -> None:
    """Decode and set everything that can be set, so that nothing is emitted as it came."""
    for section in SECTIONS:
        setattr(module, section, getattr(module, section))
    module.bodies = [
        FunctionBody.assemble(body.locals, [each.source for each in body.instructions()])
        for body in module.bodies
    ]


if __name__ == "__main__":
    main(check)
