"""The wheel as pip, twine and check-wheel-contents see it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from unpoison.build import Project, make_wheel, source_date_epoch
from unpoison.build.core_metadata import CoreMetadata
from unpoison.build.licences import LicenceFile
from unpoison.errors import ToolError

FILES = {"py.typed": b"", "__init__.py": b"X = 1\n", "demo.wasm": b"\0asm" * 100}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with two licence files, one with a comma in its name."""
    licences = []
    for name in ("LICENSE", "LICENSES/A,B.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"text of {name}")
        licences.append(LicenceFile(name, path))
    metadata = CoreMetadata(
        name="my-demo",
        version="1.0a1",
        summary="A demo",
        license_expression="MIT",
        license_files=("LICENSE", "LICENSES/A,B.txt"),
        requires_python=">=3.11",
        requires=("unpoison>=0.1.0,<0.2",),
        description="# A demo\n",
        description_content_type="text/markdown; charset=UTF-8",
    )
    return Project(metadata, tuple(licences), "0.1.0")


def opened(wheel: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(wheel))


def test_the_name_says_that_it_fits_every_platform(project: Project) -> None:
    file, _ = make_wheel(project, "my_demo", FILES)
    assert file == "my_demo-1.0a1-py3-none-any.whl"
    name, version, _, tags = parse_wheel_filename(file)
    assert (name, str(version), {str(tag) for tag in tags}) == (
        "my-demo",
        "1.0a1",
        {"py3-none-any"},
    )


def test_it_holds_the_package_then_what_is_said_about_it(project: Project) -> None:
    _, wheel = make_wheel(project, "my_demo", FILES)
    with opened(wheel) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "my_demo/__init__.py",
            "my_demo/demo.wasm",
            "my_demo/py.typed",
            "my_demo-1.0a1.dist-info/licenses/LICENSE",
            "my_demo-1.0a1.dist-info/licenses/LICENSES/A,B.txt",
            "my_demo-1.0a1.dist-info/METADATA",
            "my_demo-1.0a1.dist-info/WHEEL",
            "my_demo-1.0a1.dist-info/RECORD",
        ]
        assert archive.read("my_demo/demo.wasm") == FILES["demo.wasm"]
        licence = archive.read("my_demo-1.0a1.dist-info/licenses/LICENSES/A,B.txt")
        assert licence == b"text of LICENSES/A,B.txt"
        assert archive.read("my_demo-1.0a1.dist-info/WHEEL").decode().splitlines() == [
            "Wheel-Version: 1.0",
            "Generator: unpoison 0.1.0",
            "Root-Is-Purelib: true",
            "Tag: py3-none-any",
        ]


def test_the_record_has_every_file_with_its_digest_and_size(project: Project) -> None:
    _, wheel = make_wheel(project, "my_demo", FILES)
    with opened(wheel) as archive:
        text = archive.read("my_demo-1.0a1.dist-info/RECORD").decode()
        rows = {name: (digest, size) for name, digest, size in csv.reader(io.StringIO(text))}
        assert list(rows) == archive.namelist()
        assert rows.pop("my_demo-1.0a1.dist-info/RECORD") == ("", "")
        for name, (digest, size) in rows.items():
            kind, _, value = digest.partition("=")
            data = archive.read(name)
            assert (kind, int(size)) == ("sha256", len(data))
            assert base64.urlsafe_b64decode(value + "=") == hashlib.sha256(data).digest()


def test_the_same_input_gives_the_same_bytes(project: Project) -> None:
    backwards = dict(reversed(FILES.items()))
    assert make_wheel(project, "my_demo", FILES) == make_wheel(project, "my_demo", backwards)


@pytest.mark.parametrize(
    ("epoch", "time"),
    [
        ("", (1980, 1, 1, 0, 0, 0)),
        ("0", (1980, 1, 1, 0, 0, 0)),
        ("1700000001", (2023, 11, 14, 22, 13, 20)),
        ("99999999999999999999999", (2107, 12, 31, 23, 59, 58)),
    ],
)
def test_every_file_has_the_time_of_the_epoch(
    project: Project, epoch: str, time: tuple[int, ...]
) -> None:
    when = source_date_epoch({"SOURCE_DATE_EPOCH": epoch})
    _, wheel = make_wheel(project, "my_demo", FILES, when)
    with opened(wheel) as archive:
        entries = archive.infolist()
    assert {entry.date_time for entry in entries} == {time}
    assert {oct(entry.external_attr >> 16) for entry in entries} == {"0o100644"}


@pytest.mark.parametrize("epoch", ["today", "-1", "1.5", "٣", "0x10"])
def test_an_epoch_that_is_none_is_refused(epoch: str) -> None:
    with pytest.raises(ToolError, match=r"SOURCE_DATE_EPOCH is .*; it must be seconds since 1970"):
        source_date_epoch({"SOURCE_DATE_EPOCH": epoch})


def test_metadata_that_no_wheel_can_have_is_refused(project: Project) -> None:
    broken = replace(project, metadata=replace(project.metadata, license_expression="as you like"))
    with pytest.raises(ToolError, match="metadata that a wheel cannot have"):
        make_wheel(broken, "my_demo", FILES)


@pytest.mark.parametrize(
    "checker",
    [("twine", "check", "--strict"), ("check_wheel_contents",)],
    ids=lambda words: words[0],
)
def test_a_checker_finds_nothing(project: Project, tmp_path: Path, checker: list[str]) -> None:
    file, wheel = make_wheel(project, "my_demo", FILES)
    (tmp_path / file).write_bytes(wheel)
    command = [sys.executable, "-m", *checker, str(tmp_path / file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
