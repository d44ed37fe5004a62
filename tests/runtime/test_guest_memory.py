"""Typed arrays, DataViews and views of a module's memory: a real module, here and on Node.

To record Node's answers anew: `python -m tests.runtime.test_guest_memory`.
"""

from __future__ import annotations

import array
import gc
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import unpoison
from tests import _peers
from tests.js import node_cases
from unpoison import js

HERE = Path(__file__).parent
TOPIC = "guest_memory"
MODULE = HERE.parent / "crates" / "buffers" / "buffers.legacy.wasm"


def scramble(view: Any) -> None:
    view[0] = 9
    view[1:3] = [7, 8]


@pytest.fixture(scope="module")
def module() -> unpoison.Module:
    return unpoison.Module.read(MODULE)


@pytest.fixture
def instance(module: unpoison.Module) -> Iterator[unpoison.Instance]:
    with module.instantiate(imports={"scramble": scramble}) as made:
        yield made


def ask_node() -> dict[str, str]:
    """Run the programs through the glue of the wasm-bindgen CLI."""
    with tempfile.TemporaryDirectory() as name:
        command = [_peers.wasm_bindgen(), str(MODULE), "--target", "nodejs"]
        command += ["--out-dir", name, "--out-name", "guest"]
        subprocess.run(command, check=True, capture_output=True)
        return node_cases.ask_node(TOPIC, HERE, Path(name) / "guest.js")


def guest_of(exports: Any) -> dict[str, Any]:
    names = [name for name in dir(exports) if not name.startswith("_")]
    return {name: getattr(exports, name) for name in names}


def test_programs_give_what_they_give_through_the_glue_on_node(
    instance: unpoison.Instance,
) -> None:
    realm = js.make_realm(js.PromiseRealm(js.MicrotaskQueue(print)))
    realm.global_object["guest"] = guest_of(instance.exports)
    expected = node_cases.recorded(TOPIC, HERE)
    mine = {
        program: node_cases.ask_realm(program, realm)
        for program in node_cases.programs(TOPIC, HERE)
    }
    assert {
        program: (answer, expected[program])
        for program, answer in mine.items()
        if answer != expected[program]
    } == {}


@pytest.mark.peers
def test_the_recorded_answers_are_still_those_of_the_glue() -> None:
    assert ask_node() == node_cases.recorded(TOPIC, HERE)


def test_a_view_shows_the_module_s_bytes_without_copying(instance: unpoison.Instance) -> None:
    view = instance.exports.view_mut()
    assert type(view) is js.Uint8Array
    view[3] = 77
    assert instance.exports.byte_at(3) == 77
    assert view[:4] == js.Uint8Array([0, 1, 2, 77])
    assert bytes(view)[:4] == b"\x00\x01\x02\x4d"


def detach_by_growth(instance: unpoison.Instance) -> None:
    instance.exports.grow(1)


def detach_by_object(instance: unpoison.Instance) -> None:
    instance.exports.own_memory().grow(1)


def detach_by_renewal(instance: unpoison.Instance) -> None:
    instance.reinit()


def detach_by_closing(instance: unpoison.Instance) -> None:
    instance.close()


ENDS = [detach_by_growth, detach_by_object, detach_by_renewal, detach_by_closing]
USES: dict[str, Callable[[Any], object]] = {
    "index": lambda view: view[0],
    "write": lambda view: view.__setitem__(0, 1),
    "slice": lambda view: view[1:2],
    "slice write": lambda view: view.__setitem__(slice(0, 1), [1]),
    "len": len,
    "bytes": bytes,
    "list": list,
    "in": lambda view: 1 in view,
    "equality": lambda view: view == js.Uint8Array(16),
    "to_memoryview": lambda view: view.to_memoryview(),
    "method": lambda view: view.fill(1),
    "set": lambda view: js.Uint8Array(16).set(view),
    "copy": js.Uint8Array,
    "buffer": lambda view: view.buffer.to_bytes(),
    "data view": lambda view: js.DataView(view.buffer),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("use", USES)
def test_a_view_that_is_over_is_a_clear_error(
    instance: unpoison.Instance, end: Callable[[unpoison.Instance], None], use: str
) -> None:
    view = instance.exports.view_mut()
    end(instance)
    with pytest.raises(js.TypeError, match="memory has grown or its instance is gone"):
        USES[use](view)
    assert repr(view) == "<js Uint8Array, detached>"
    assert js.get(view, "length") == 0
    assert js.get(view, 0) is None


@pytest.mark.parametrize("end", [detach_by_renewal, detach_by_closing])
def test_the_memory_of_an_instance_that_is_gone_has_no_bytes(
    instance: unpoison.Instance, end: Callable[[unpoison.Instance], None]
) -> None:
    memory = instance.exports.own_memory()
    end(instance)
    assert js.get(memory.buffer, "byteLength") == 0
    with pytest.raises(js.RangeError, match="Unable to grow instance memory"):
        memory.grow(1)


def test_each_generation_has_its_own_memory(instance: unpoison.Instance) -> None:
    first = instance.exports.own_memory()
    assert instance.exports.own_memory() is first
    instance.exports.view_mut()[0] = 9
    instance.reinit()
    assert instance.exports.own_memory() is not first
    assert instance.exports.view()[0] == 0


def test_a_memoryview_of_guest_memory_is_refused(instance: unpoison.Instance) -> None:
    view = instance.exports.view()
    with pytest.raises(js.TypeError, match="copy them"):
        view.to_memoryview()
    with pytest.raises(js.TypeError, match="copy them"):
        view.buffer.to_memoryview()


def test_guest_memory_is_not_detached_by_a_guest_s_transfer(instance: unpoison.Instance) -> None:
    buffer = instance.exports.buffer()
    with pytest.raises(js.TypeError, match="Cannot detach the memory of a module"):
        buffer.transfer()
    assert instance.exports.view()[1] == 1


def test_the_memory_limit_bounds_growth_by_the_object(module: unpoison.Module) -> None:
    limits = unpoison.Limits(memory=4 << 20)
    with module.instantiate(imports={"scramble": scramble}, limits=limits) as instance:
        with pytest.raises(js.RangeError, match="Unable to grow instance memory"):
            instance.exports.own_memory().grow(100)
        assert instance.exports.view()[1] == 1


@pytest.mark.parametrize("data", [
    b"\x01\x02\xff", bytearray(b"\x01\x02\xff"), memoryview(b"\x01\x02\xff"),
    array.array("B", [1, 2, 255]), js.Uint8Array([1, 2, 255]),
])  # fmt: skip
def test_any_buffer_of_the_host_is_a_typed_array_to_rust(
    instance: unpoison.Instance, data: Any
) -> None:
    assert instance.exports.sum_bytes(data) == 258


def test_rust_writes_into_a_buffer_of_the_host(instance: unpoison.Instance) -> None:
    for data in (bytearray(4), array.array("B", bytes(4)), js.Uint8Array(4)):
        instance.exports.overwrite(data)
        assert bytes(data) == b"\x03\x02\x01\x00"
    with pytest.raises(js.TypeError, match="read-only buffer of the host"):
        instance.exports.overwrite(b"\x00\x00\x00\x00")


def test_a_slice_that_rust_lends_is_a_typed_array_to_the_library(
    module: unpoison.Module,
) -> None:
    seen = []

    def change(view: Any) -> None:
        js.call_method(view, "set", [5, 6], 2)
        seen.append((js.get(view, "length"), js.typeof(view), js.class_tag(view), list(view)))

    with module.instantiate(imports={"scramble": change}) as instance:
        assert instance.exports.scrambled() == b"\x01\x02\x05\x06"
    assert seen == [(4, "object", "Uint8Array", [1, 2, 5, 6])]


def test_views_are_safe_in_other_threads_while_instances_end(module: unpoison.Module) -> None:
    """Each read gives the bytes or a clear error, whatever another thread does to the memory."""
    views: list[Any] = []
    problems: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            for view in views[-3:]:
                try:
                    # None at all when the memory goes between the look at its length and the read.
                    assert bytes(view)[:2] in (b"\x00\x01", b"")
                except js.TypeError:
                    pass
                except BaseException as error:  # noqa: BLE001
                    problems.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(30):
        with module.instantiate(imports={"scramble": scramble}) as instance:
            views.append(instance.exports.view())
            instance.exports.grow(1)
            views.append(instance.exports.view())
            instance.reinit()
            views.append(instance.exports.view())
    done.set()
    thread.join()
    assert problems == []


def test_views_hold_no_memory_of_an_instance_that_is_gone(module: unpoison.Module) -> None:
    views = []
    for _ in range(50):
        with module.instantiate(imports={"scramble": scramble}) as instance:
            views.append(instance.exports.view())
    gc.collect()
    assert {js.get(view, "length") for view in views} == {0}


if __name__ == "__main__":
    node_cases.write(TOPIC, ask_node(), HERE)
