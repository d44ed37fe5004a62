"""The small Wasm interpreter that runs describe functions.

A describe function calls the import `__wbindgen_describe` once per descriptor word. It does so by
way of ordinary compiled code: calls, shadow-stack traffic, and landing pads that are never taken.
Source: `wasm-bindgen` src/describe.rs; behaviour of `wasm-bindgen-cli-support` src/interpreter.

Each run starts from the module's initial globals and an empty memory of the initial size, with
zeros as arguments, so a function always gives the same words and each is run once.
"""

from __future__ import annotations

from typing import Any

from unpoison.bindgen.frame import CONTROL, M32, M64, PLAIN, Block, Frame, Label, Operation
from unpoison.bindgen.module_facts import initial_globals, memory_size, placeholder_functions
from unpoison.errors import MalformedModule, UnsupportedItem
from unpoison.wasm import BlockType, ExternKind, Instruction, Module

DESCRIBE = "__wbindgen_describe"
MARKER = "__wbindgen_describe_generic_import"
SKIP_EXPORT = "__wbindgen_skip_interpret_calls"

MAX_STEPS = 2_000_000  # of all runs; 1600 describe functions take 80 000, in a debug build 400 000
MAX_CALL_DEPTH = 50  # in frames; release builds reach 3, debug builds 8
MAX_WORDS = 1 << 16  # of one run

_CONSTANT_MASKS = {"i32.const": M32, "i64.const": M64}


class _MarkerReachedError(Exception):
    """The run called the marker that ends the description of a cast."""


class _UnknownInstructionError(Exception):
    """The run came to an instruction that is not in the tables of `frame`."""


class _Code:
    """A compiled body: its steps, and how many values it takes, keeps and gives."""

    __slots__ = ("local_count", "params", "results", "steps")

    def __init__(
        self, steps: list[tuple[Operation, Any]], params: int, local_count: int, results: int
    ) -> None:
        self.steps = steps
        self.params = params
        self.local_count = local_count
        self.results = results


class Interpreter:
    """Runs describe functions of one module; a call of the function `marker` ends a cast's."""

    def __init__(self, module: Module) -> None:
        self._module = module
        imports = placeholder_functions(module)
        self._describe = imports.get(DESCRIBE)
        self.marker = imports.get(MARKER)
        self._skipped = self._find_skipped()
        self._initial_globals = initial_globals(module)
        self._memory_size = memory_size(module)
        self._codes: dict[int, _Code] = {}
        self._words: dict[int, tuple[int, ...]] = {}
        self._steps = MAX_STEPS
        self._reset()

    def run(self, function: int, where: str) -> tuple[int, ...]:
        """Give the words that a function describes, up to a marker or its return.

        Raises UnsupportedItem, naming `where`, for an instruction that the interpreter does
        not know, and MalformedModule when the function traps or its budget is used up.
        """
        if function not in self._words:
            self._words[function] = self._run(function, where)
        return self._words[function]

    def _run(self, function: int, where: str) -> tuple[int, ...]:
        self._reset()
        self._where = where
        try:
            params = len(self._module.function_type(function).params)
            self.call(function, [0] * params)
        except _MarkerReachedError:
            pass
        except _UnknownInstructionError as error:
            reason = "the descriptor interpreter does not know this instruction"
            raise UnsupportedItem(where, str(error), reason) from None
        except (IndexError, KeyError) as error:
            # The stack, a local, a label, a global or a function that is not there.
            raise self._error("its code is not valid") from error
        return tuple(self._output)

    def _reset(self) -> None:
        self.globals = dict(self._initial_globals)
        self._memory: dict[int, int] = {}
        self._output: list[int] = []
        self._depth = 0
        self._where = ""

    def _error(self, reason: str) -> MalformedModule:
        return MalformedModule(f"a describe function cannot be run: {reason}", where=self._where)

    def call(self, index: int, stack: list[int]) -> None:
        """Run a function on the arguments that are on the stack."""
        if index == self._describe:
            self._inform(stack.pop())
        elif index == self.marker:
            raise _MarkerReachedError
        elif index in self._skipped:
            self._pretend(index, stack)
        else:
            self._enter(self._code(index), stack)

    def _inform(self, word: int) -> None:
        self._output.append(word)
        if len(self._output) > MAX_WORDS:
            raise self._error(f"it describes more than {MAX_WORDS} words")

    def _pretend(self, index: int, stack: list[int]) -> None:
        signature = self._module.function_type(index)
        del stack[len(stack) - len(signature.params) :]
        stack.extend([0] * len(signature.results))

    def _enter(self, code: _Code, stack: list[int]) -> None:
        if self._depth == MAX_CALL_DEPTH:
            raise self._error(f"calls nest deeper than {MAX_CALL_DEPTH}")
        self._depth += 1
        base = len(stack) - code.params
        if base < 0:
            raise IndexError
        # Locals are paid for: a body may declare 50 000 of them and be called in a loop.
        self._spend(code.local_count)
        values = stack[base:] + [0] * code.local_count
        del stack[base:]
        frame = Frame(self, values, Label(len(code.steps) - 1, code.results, 0))
        self._execute(code, frame)
        stack.extend(frame.stack[len(frame.stack) - code.results :])
        self._depth -= 1

    def _execute(self, code: _Code, frame: Frame) -> None:
        steps, end = code.steps, len(code.steps)
        while frame.position < end:
            self._spend(1)
            operation, immediate = steps[frame.position]
            frame.position += 1
            operation(frame, immediate)

    def _spend(self, steps: int) -> None:
        self._steps -= steps
        if self._steps < 0:
            raise self._error(f"more than {MAX_STEPS} steps in all")

    def load(self, address: int, size: int) -> int:
        """Give `size` bytes of memory as a little-endian number."""
        self._check_range(address, size)
        return sum(self._memory.get(address + i, 0) << 8 * i for i in range(size))

    def store(self, address: int, size: int, value: int) -> None:
        """Put the low `size` bytes of `value` into memory."""
        self._check_range(address, size)
        for i in range(size):
            self._memory[address + i] = value >> 8 * i & 0xFF

    def _check_range(self, address: int, size: int) -> None:
        if address + size > self._memory_size:
            raise self._error(f"it reaches address {address:#x}, outside of memory")

    def _code(self, index: int) -> _Code:
        code = self._codes.get(index)
        if code is None:
            code = self._codes[index] = self._compile(index)
        return code

    def _compile(self, index: int) -> _Code:
        signature = self._module.function_type(index)
        if index < self._module.imported_functions:
            raise self._error(f"it calls the imported function {index}")
        body = self._module.body_of(index)
        locals_ = sum(count for count, _ in body.locals)
        steps = _Compiler(self._module, list(body.instructions())).steps()
        return _Code(steps, len(signature.params), locals_, len(signature.results))

    def _find_skipped(self) -> frozenset[int]:
        """Give the constructors that the linker calls in every export, and coverage's own calls.

        The export's callees are them: see describe.rs on __wbindgen_skip_interpret_calls.
        """
        names = self._module.names.functions
        skipped = {i for i, name in names.items() if name.startswith("__llvm_profile_")}
        item = self._module.find_export(SKIP_EXPORT)
        if item is not None and item.kind is ExternKind.FUNCTION:
            skipped |= _callees(self._module, item.index)
        return frozenset(skipped)


class _Compiler:
    """Finds where each block of a body ends and turns instructions into steps."""

    def __init__(self, module: Module, instructions: list[Instruction]) -> None:
        self._module = module
        self._instructions = instructions
        self._ends: dict[int, int] = {}
        self._elses: dict[int, int] = {}
        self._openers: dict[int, int] = {}
        self._match_blocks()

    def _match_blocks(self) -> None:
        """Note for each opener its end and else, for each middle or end its opener."""
        opened: list[int] = [-1]
        for i, instruction in enumerate(self._instructions):
            name = instruction.op.name
            if name in ("else", "catch", "catch_all"):
                self._openers[i] = opened[-1]
                self._elses.setdefault(opened[-1], i + 1)
            elif instruction.op.nesting > 0:
                opened.append(i)
            elif instruction.op.nesting < 0:
                self._ends[opened.pop()] = i

    def steps(self) -> list[tuple[Operation, Any]]:
        """Give one step per instruction; the last one leaves the function."""
        return [self._step(i, item) for i, item in enumerate(self._instructions)]

    def _step(self, i: int, instruction: Instruction) -> tuple[Operation, Any]:
        name = instruction.op.name
        if name in CONTROL:
            return CONTROL[name], self._control(i, instruction)
        if name not in PLAIN:
            # Landing pads are full of them, and are never run.
            return _refuse, name
        return PLAIN[name], _immediate(instruction)

    def _control(self, i: int, instruction: Instruction) -> Any:
        if i in self._openers:
            return self._ends[self._openers[i]]
        if instruction.op.nesting < 0:
            return None
        params, results = self._arity(instruction.immediates[0])
        if instruction.op.name == "loop":
            return Block(i + 1, params, params)
        end = self._ends[i]
        return Block(end, params, results, self._elses.get(i, end))

    def _arity(self, block_type: BlockType) -> tuple[int, int]:
        if block_type.type_index is None:
            return 0, int(block_type.result is not None)
        signature = self._module.func_type(block_type.type_index)
        return len(signature.params), len(signature.results)


def _refuse(frame: Frame, name: str) -> None:
    raise _UnknownInstructionError(name)


def _immediate(instruction: Instruction) -> Any:
    """Give the one value that the step of a plain instruction needs."""
    name, immediates = instruction.op.name, instruction.immediates
    if name in _CONSTANT_MASKS:
        return immediates[0] & _CONSTANT_MASKS[name]
    if name == "br_table":
        return (*immediates[0], immediates[1])
    return immediates[0] if immediates else None


def _callees(module: Module, index: int) -> set[int]:
    if index < module.imported_functions:
        return set()
    calls = ("call", "return_call")
    body = module.body_of(index)
    return {item.immediates[0] for item in body.instructions() if item.op.name in calls}
