"""Where a worker keeps its data."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.workers import places
from unpoison.workers.places import Place, file_name


def test_a_folder_that_is_given_is_kept(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert place.objects("shop-Counter") == tmp_path / "do" / "shop-Counter"
    assert place.kv("store") == tmp_path / "kv" / "store.sqlite"
    (tmp_path / "file").write_bytes(b"1234")
    place.close()
    assert tmp_path.exists()


def test_its_size_is_measured_while_the_loop_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"1234")
    (tmp_path / "do").mkdir()
    (tmp_path / "do" / "file").write_bytes(b"12")
    (tmp_path / "do" / "loop").symlink_to(tmp_path)
    measure, entered, left = places._size, threading.Event(), threading.Event()

    def slowly(folder: str | Path) -> int:
        entered.set()
        assert left.wait(5)
        return measure(folder)

    monkeypatch.setattr(places, "_size", slowly)

    async def main() -> None:
        place = Place(tmp_path)
        asked = [asyncio.ensure_future(place.measure()) for _ in range(2)]
        while not entered.is_set():
            await asyncio.sleep(0)
        monkeypatch.undo()
        left.set()
        await asyncio.gather(*asked)
        assert 6 <= place.size < 6 + 64 * 1024  # a link has a size of its own
        place.close()

    asyncio.run(main())


def test_one_that_nobody_gave_goes_with_the_worker() -> None:
    place = Place(None)
    assert place.folder.is_dir()
    place.close()
    assert not place.folder.exists()


@pytest.mark.parametrize("name", ["shop-Counter", "a", "0123abc", "with_under.score"])
def test_a_plain_name_is_its_own_file(name: str) -> None:
    assert file_name(name) == name


@given(st.text())
def test_any_name_gives_a_file_inside_the_folder(name: str) -> None:
    path = Path("folder") / file_name(name)
    assert path.parent == Path("folder")
    assert path.name not in ("", ".", "..")


@given(st.text(), st.text())
def test_different_names_give_different_files(one: str, other: str) -> None:
    assert (file_name(one) == file_name(other)) == (one == other)
