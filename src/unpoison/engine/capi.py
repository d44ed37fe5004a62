"""The functions of wasmtime's C API that unpoison uses, typed.

The library is the one inside the PyPI wheel, opened by its path. The Python package `wasmtime`
itself is not imported: its 800 generated prototypes cost 65 ms at every start, and setting
argument types on its function objects would change them for every other user in the process.
Names and meaning: wasmtime's include/wasm.h and include/wasmtime/*.h of the version below.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from ctypes import (
    POINTER,
    Structure,
    Union,
    c_bool,
    c_char_p,
    c_double,
    c_float,
    c_int32,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint32,
    c_uint64,
    c_void_p,
)
from importlib.util import find_spec
from pathlib import Path
from typing import Any

TESTED_MAJOR = 50
"""The one major version of wasmtime whose C layout this file describes."""

_INSTALL = f'install it with: pip install "wasmtime>={TESTED_MAJOR},<{TESTED_MAJOR + 1}"'
_LIBRARY_NAMES = {
    "linux": "_libwasmtime.so",
    "darwin": "_libwasmtime.dylib",
    "win32": "_wasmtime.dll",
}
_MACHINES = {"AMD64": "x86_64", "arm64": "aarch64", "ARM64": "aarch64"}


class WasmtimeImportError(ImportError):
    """The wasmtime package is missing, has no library for this machine or is another version."""


def package_folder() -> Path:
    """Give the folder of the installed wasmtime package, without importing it."""
    spec = find_spec("wasmtime")
    if spec is None or not spec.submodule_search_locations:
        raise WasmtimeImportError(f"unpoison needs the package wasmtime; {_INSTALL}")
    return Path(next(iter(spec.submodule_search_locations)))


def installed_version(folder: Path) -> str:
    """Give the version of the wasmtime package in `folder`."""
    # The package has no __version__, and importlib.metadata takes 70 ms to import.
    for info in folder.parent.glob("wasmtime-*.dist-info"):
        return info.name.removeprefix("wasmtime-").removesuffix(".dist-info")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("wasmtime")
    except PackageNotFoundError:
        return "of unknown version"


def check_version(version: str) -> str:
    """Give `version` back, or raise WasmtimeImportError when it is not a tested one."""
    if version.partition(".")[0] != str(TESTED_MAJOR):
        raise WasmtimeImportError(
            f"unpoison is tested with wasmtime {TESTED_MAJOR}, found {version}; {_INSTALL}"
        )
    return version


def library_path(folder: Path) -> Path:
    """Give the path of the shared library for this machine inside the wheel's `folder`."""
    machine = platform.machine()
    name = _LIBRARY_NAMES.get(sys.platform, "_libwasmtime.so")
    path = folder / f"{sys.platform}-{_MACHINES.get(machine, machine)}" / name
    if not path.is_file():
        raise WasmtimeImportError(
            f"the installed wasmtime has no library for {sys.platform} on {machine}; {_INSTALL}"
        )
    return path


_FOLDER = package_folder()
VERSION = check_version(installed_version(_FOLDER))
LIBRARY = ctypes.CDLL(str(library_path(_FOLDER)))


class ByteVec(Structure):
    """wasm_byte_vec_t: `size` bytes at `data`, owned by whoever received it."""

    _fields_ = (("size", c_size_t), ("data", c_void_p))


class FrameVec(Structure):
    """wasm_frame_vec_t: `size` pointers to frames at `data`."""

    _fields_ = (("size", c_size_t), ("data", POINTER(c_void_p)))


class ValtypeVec(Structure):
    """wasm_valtype_vec_t: `size` pointers to value types at `data`."""

    _fields_ = (("size", c_size_t), ("data", POINTER(c_void_p)))


class Instance(Structure):
    """wasmtime_instance_t, plain data, valid as long as its store."""

    _fields_ = (("store_id", c_uint64), ("private", c_size_t))


class Extern(Structure):
    """wasmtime_extern_t; `of` holds a function, global, table, memory or tag handle."""

    _fields_ = (("kind", c_uint8), ("of", c_uint64 * 3))


class ValUnion(Union):
    """wasmtime_valunion_t; the words make it as large as its largest reference."""

    _fields_ = (
        ("i32", c_int32),
        ("i64", c_int64),
        ("f32", c_float),
        ("f64", c_double),
        ("words", c_uint64 * 3),
    )


class Val(Structure):
    """wasmtime_val_t."""

    _fields_ = (("kind", c_uint8), ("of", ValUnion))


Handle = c_uint64 * 3
"""Storage of any wasmtime_func_t, wasmtime_global_t, wasmtime_table_t or wasmtime_memory_t."""

EXTERN_FUNC, EXTERN_GLOBAL, EXTERN_TABLE, EXTERN_MEMORY = range(4)
VAL_FIELDS = ("i32", "i64", "f32", "f64")
"""The ValUnion field of each number kind (WASMTIME_I32 = 0 and so on)."""
WASM_I32 = 0
OPTIMIZE_SPEED = 1
NO_DEADLINE = 2**62
"""Epoch ticks that never pass: a store without a time limit."""
NEXT_EPOCH = 1
"""Epoch ticks of a store with a callback: it asks whenever the epoch has advanced."""
CONTINUE, STOP = 0, 1
"""What a callback answers (wasmtime_update_deadline_kind_t): to go on; to yield, which a store that
is not asynchronous cannot, so that the call ends with an error."""

# What a callback returns to C; every one of ours returns a null pointer. Where Python cannot enter
# a callback (its recursion limit), ctypes leaves its result unset: C finds whatever lies on the
# stack there, which a guest may have written. With no result at all the register is found, which
# libffi leaves zero on every system but Windows, also when all goes well.
_NULL = c_void_p if sys.platform == "win32" else None

# An env pointer, the caller and the raw slots come in. The fourth parameter, the slot count, is
# left out: with every C calling convention in use a callee may ignore trailing arguments, and
# converting it takes 30 ns of about 250.
HOST_CALLBACK = ctypes.CFUNCTYPE(_NULL, c_void_p, c_void_p, POINTER(c_int32))

# A context, a data pointer, the new deadline in ticks and a wasmtime_update_deadline_kind_t.
EPOCH_CALLBACK = ctypes.CFUNCTYPE(_NULL, c_void_p, c_void_p, POINTER(c_uint64), POINTER(c_uint8))


def _function(name: str, result: Any, *arguments: Any) -> Any:
    """Give a function object of our own, so that no other user of the library sees its types."""
    function = LIBRARY[name]
    function.restype = result
    function.argtypes = arguments
    return function


wasmtime_func_call_unchecked = _function("wasmtime_func_call_unchecked", c_void_p)
# Without argument types every argument must be a prepared ctypes object. That is the faster way:
# 420 ns a call against 640 ns with types and integers, since ctypes converts nothing.
wasmtime_func_call_unchecked.argtypes = None

wasm_config_new = _function("wasm_config_new", c_void_p)
wasm_engine_new_with_config = _function("wasm_engine_new_with_config", c_void_p, c_void_p)
wasm_engine_delete = _function("wasm_engine_delete", None, c_void_p)
wasmtime_engine_clone = _function("wasmtime_engine_clone", c_void_p, c_void_p)
wasmtime_engine_increment_epoch = _function("wasmtime_engine_increment_epoch", None, c_void_p)


def configure(config: int, option: str, value: bool | int) -> None:
    """Set one option of a wasm_config_t: a switch when `value` is a bool, else a size."""
    kind = c_bool if isinstance(value, bool) else c_uint64
    _function(f"wasmtime_config_{option}_set", None, c_void_p, kind)(config, value)


def set_opt_level(config: int, level: int) -> None:
    """Set Cranelift's optimisation level, a wasmtime_opt_level_t."""
    name = "wasmtime_config_cranelift_opt_level_set"
    _function(name, None, c_void_p, c_uint8)(config, level)


wasmtime_module_new = _function(
    "wasmtime_module_new", c_void_p, c_void_p, c_char_p, c_size_t, c_void_p
)
wasmtime_module_delete = _function("wasmtime_module_delete", None, c_void_p)
wasmtime_module_serialize = _function("wasmtime_module_serialize", c_void_p, c_void_p, c_void_p)
wasmtime_module_deserialize = _function(
    "wasmtime_module_deserialize", c_void_p, c_void_p, c_char_p, c_size_t, c_void_p
)
wasmtime_module_deserialize_file = _function(
    "wasmtime_module_deserialize_file", c_void_p, c_void_p, c_char_p, c_void_p
)

wasmtime_store_new = _function("wasmtime_store_new", c_void_p, c_void_p, c_void_p, c_void_p)
wasmtime_store_delete = _function("wasmtime_store_delete", None, c_void_p)
wasmtime_store_context = _function("wasmtime_store_context", c_void_p, c_void_p)
wasmtime_store_limiter = _function("wasmtime_store_limiter", None, c_void_p, *[c_int64] * 5)
wasmtime_context_set_epoch_deadline = _function(
    "wasmtime_context_set_epoch_deadline", None, c_void_p, c_uint64
)
wasmtime_store_epoch_deadline_callback = _function(
    "wasmtime_store_epoch_deadline_callback", None, c_void_p, EPOCH_CALLBACK, c_void_p, c_void_p
)

wasm_valtype_new = _function("wasm_valtype_new", c_void_p, c_uint8)
wasm_functype_new = _function(
    "wasm_functype_new", c_void_p, POINTER(ValtypeVec), POINTER(ValtypeVec)
)
wasm_functype_delete = _function("wasm_functype_delete", None, c_void_p)
wasm_valtype_vec_new = _function(
    "wasm_valtype_vec_new", None, POINTER(ValtypeVec), c_size_t, POINTER(c_void_p)
)
wasmtime_func_new_unchecked = _function(
    "wasmtime_func_new_unchecked",
    None,
    c_void_p,
    c_void_p,
    c_void_p,  # a HOST_CALLBACK, or the address of one
    c_void_p,
    c_void_p,
    c_void_p,
)

wasmtime_linker_new = _function("wasmtime_linker_new", c_void_p, c_void_p)
wasmtime_linker_delete = _function("wasmtime_linker_delete", None, c_void_p)
wasmtime_linker_define = _function(
    "wasmtime_linker_define",
    c_void_p,
    c_void_p,
    c_void_p,
    c_char_p,
    c_size_t,
    c_char_p,
    c_size_t,
    POINTER(Extern),
)
wasmtime_linker_define_instance = _function(
    "wasmtime_linker_define_instance",
    c_void_p,
    c_void_p,
    c_void_p,
    c_char_p,
    c_size_t,
    POINTER(Instance),
)
wasmtime_linker_instantiate = _function(
    "wasmtime_linker_instantiate",
    c_void_p,
    c_void_p,
    c_void_p,
    c_void_p,
    POINTER(Instance),
    c_void_p,
)
wasmtime_instance_export_get = _function(
    "wasmtime_instance_export_get",
    c_bool,
    c_void_p,
    POINTER(Instance),
    c_char_p,
    c_size_t,
    POINTER(Extern),
)

wasmtime_memory_data = _function("wasmtime_memory_data", c_void_p, c_void_p, c_void_p)
wasmtime_memory_grow = _function(
    "wasmtime_memory_grow", c_void_p, c_void_p, c_void_p, c_uint64, c_void_p
)
wasmtime_memory_data_size = _function("wasmtime_memory_data_size", c_size_t, c_void_p, c_void_p)
wasmtime_global_get = _function("wasmtime_global_get", None)
wasmtime_global_set = _function("wasmtime_global_set", c_void_p)
# As above: a fresh start looks into seven globals.
wasmtime_global_get.argtypes = wasmtime_global_set.argtypes = None
wasmtime_table_size = _function("wasmtime_table_size", c_uint64, c_void_p, c_void_p)
wasmtime_table_get = _function(
    "wasmtime_table_get", c_bool, c_void_p, c_void_p, c_uint64, POINTER(Val)
)
wasmtime_table_set = _function(
    "wasmtime_table_set", c_void_p, c_void_p, c_void_p, c_uint64, POINTER(Val)
)

wasmtime_error_message = _function("wasmtime_error_message", None, c_void_p, POINTER(ByteVec))
wasmtime_error_wasm_trace = _function(
    "wasmtime_error_wasm_trace", None, c_void_p, POINTER(FrameVec)
)
wasmtime_error_delete = _function("wasmtime_error_delete", None, c_void_p)
wasm_trap_message = _function("wasm_trap_message", None, c_void_p, POINTER(ByteVec))
wasm_trap_trace = _function("wasm_trap_trace", None, c_void_p, POINTER(FrameVec))
wasm_trap_delete = _function("wasm_trap_delete", None, c_void_p)
wasmtime_trap_code = _function("wasmtime_trap_code", c_bool, c_void_p, POINTER(c_uint8))
wasm_frame_vec_delete = _function("wasm_frame_vec_delete", None, POINTER(FrameVec))
wasm_frame_func_index = _function("wasm_frame_func_index", c_uint32, c_void_p)
wasmtime_frame_func_name = _function("wasmtime_frame_func_name", c_void_p, c_void_p)
wasmtime_frame_module_name = _function("wasmtime_frame_module_name", c_void_p, c_void_p)
wasm_byte_vec_delete = _function("wasm_byte_vec_delete", None, POINTER(ByteVec))


def take_bytes(vec: ByteVec) -> bytes:
    """Give the content of a vector that we own, and free it."""
    data = borrow_bytes(vec)
    wasm_byte_vec_delete(vec)
    return data


def borrow_bytes(vec: ByteVec) -> bytes:
    """Give a copy of the content of a vector that wasmtime keeps."""
    return ctypes.string_at(vec.data, vec.size) if vec.size else b""


def take_error(error: int, *, innermost: bool = False) -> str:
    """Give the text of a wasmtime_error_t on one line, or its innermost cause, and free it."""
    message = ByteVec()
    wasmtime_error_message(error, message)
    wasmtime_error_delete(error)
    text = take_bytes(message)
    return innermost_cause(text) if innermost else one_line(text)


def innermost_cause(text: bytes) -> str:
    """Give the last cause alone; what comes before it is a backtrace when a call ended."""
    return one_line(text.rpartition(b"Caused by:")[2])


def one_line(text: bytes) -> str:
    """Give wasmtime's multi-line `message / Caused by: / ...` text as one line."""
    lines = text.rstrip(b"\0").decode("utf-8", "replace").splitlines()
    parts = (line.strip() for line in lines)
    return ": ".join(part.removeprefix("0: ") for part in parts if part and part != "Caused by:")
