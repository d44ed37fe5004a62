"""What import-linter does not see: doors, sizes and module-level state."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "unpoison"
FILES = sorted(SOURCE.rglob("*.py"))
ROOMS = {path.parent.name for path in SOURCE.glob("*/__init__.py")}

MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 600
LONG_FILES = {"wasm/opcodes.py"}  # one row per opcode

MUTABLE_MAKERS = {"dict", "list", "set", "bytearray", "defaultdict", "deque", "Counter"}
MUTATORS = {
    "add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove",
    "setdefault", "update",
}  # fmt: skip

every_file = pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))


@every_file
def test_a_file_imports_other_rooms_by_their_door_and_its_own_room_by_its_files(path: Path) -> None:
    room = _room(path)
    broken = [
        f"line {line}: {module}"
        for module, line in _imports(_tree(path))
        if not _allowed(module, room)
    ]
    assert broken == []


@every_file
def test_functions_and_files_stay_short(path: Path) -> None:
    name = str(path.relative_to(SOURCE))
    lines = path.read_text().count("\n")
    assert lines <= MAX_FILE_LINES or name in LONG_FILES
    long = [
        f"{node.name}: {_length(node)} lines"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _length(node) > MAX_FUNCTION_LINES
    ]
    assert long == []


@every_file
def test_no_module_holds_mutable_state(path: Path) -> None:
    tree = _tree(path)
    state = [f"{name} at line {line}" for name, line in _mutable_globals(tree)]
    state += [
        f"global {', '.join(node.names)} at line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Global)
    ]
    assert state == []


def test_the_check_sees_a_mutated_constant_and_a_mutable_variable() -> None:
    tree = ast.parse("seen = []\nTABLE = {}\nFIXED = {}\ndef f():\n    TABLE[1] = 2\n")
    assert [name for name, _ in _mutable_globals(tree)] == ["seen", "TABLE"]


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("unpoison.errors", True),
        ("unpoison.wasm", True),
        ("unpoison.eh.lowering", True),
        ("unpoison.wasm.leb128", False),
        ("unpoison.eh", False),
        ("unpoison", False),
        ("os.path", True),
    ],
)
def test_the_check_knows_doors(module: str, allowed: bool) -> None:
    assert _allowed(module, "eh") is allowed


def _room(path: Path) -> str | None:
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else None


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            module = f"{dots}{node.module or ''}"
            # `from unpoison import room` and `from unpoison.room import file` name those.
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                hidden = _is_ours(inner) and alias.name not in _door_names(module)
                yield (inner if hidden else module, node.lineno)


def _is_ours(module: str) -> bool:
    """Whether it names a file or a room of ours."""
    head, *rest = module.split(".")
    if head != "unpoison" or not rest:
        return False
    path = SOURCE.joinpath(*rest)
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def _door_names(module: str) -> set[str]:
    """What a room's door exports; a function may have the name of its file."""
    room = module.removeprefix("unpoison.")
    if room not in ROOMS:
        return set()
    names = [
        node.value
        for node in _tree(SOURCE / room / "__init__.py").body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return set(ast.literal_eval(names[0])) if names else set()


def _allowed(module: str, room: str | None) -> bool:
    if module.startswith("."):
        return False
    head, *rest = module.split(".")
    if head != "unpoison":
        return True
    if not rest:
        return False
    if rest[0] == room:
        return len(rest) > 1
    if rest[0] not in ROOMS:
        return True
    return len(rest) == 1


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _mutable_globals(tree: ast.Module) -> Iterator[tuple[str, int]]:
    mutated = set(_mutated_names(tree))
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and _is_mutable(node.value):
                constant = target.id.isupper() or target.id.startswith("__")
                if not constant or target.id in mutated:
                    yield target.id, node.lineno


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in MUTABLE_MAKERS
    return isinstance(
        value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp
    )


def _mutated_names(tree: ast.Module) -> Iterator[str]:
    """Names that a function of the file stores into or calls a mutating method of."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    for node in (inner for function in functions for inner in ast.walk(function)):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            yield from _name(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from _name(node.func.value) if node.func.attr in MUTATORS else ()


def _name(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
