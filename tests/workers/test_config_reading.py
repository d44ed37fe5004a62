"""wrangler's configuration files: what is read, what is inherited, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.errors import ConfigError
from unpoison.workers.config import (
    BuildStep,
    Config,
    KvBinding,
    ObjectBinding,
    Refused,
    ServiceBinding,
)
from unpoison.workers.config_reading import MAX_BYTES, find_config, read_config

FULL = """
name = "shop"
main = "build/index.js"
compatibility_date = "2026-02-24"
compatibility_flags = ["nodejs_compat"]
workers_dev = true

[build]
command = "worker-build --release"
cwd = "crate"
watch_dir = ["src", "assets"]

[vars]
GREETING = "hi"
PRICES = { tea = 3, list = [1, 2.5, true] }

[[durable_objects.bindings]]
name = "COUNTER"
class_name = "Counter"

[[durable_objects.bindings]]
name = "OTHER"
class_name = "Thing"
script_name = "other"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Old"]
new_classes = ["Gone", "Plain"]

[[migrations]]
tag = "v2"
renamed_classes = [{ from = "Old", to = "Counter" }]
deleted_classes = ["Gone"]

[[kv_namespaces]]
binding = "STOCK"
id = "0123"

[[services]]
binding = "MAILER"
service = "mailer"

[triggers]
crons = ["*/5 * * * *"]

[limits]
cpu_ms = 250

[[d1_databases]]
binding = "DB"
database_name = "x"

[[queues.producers]]
queue = "q"
binding = "QUEUE"

[ai]
binding = "AI"

[env.staging]
vars = { GREETING = "staging" }

[env.named]
name = "own"
"""


def write(folder: Path, text: str, name: str = "wrangler.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def read(folder: Path, text: str, environment: str | None = None) -> Config:
    return read_config(write(folder, text), environment)


def test_every_key_that_means_something_here_is_read(tmp_path: Path) -> None:
    config = read(tmp_path, FULL)
    assert (config.name, config.main, config.folder) == ("shop", "build/index.js", tmp_path)
    assert config.compatibility_date == "2026-02-24"
    assert config.compatibility_flags == ("nodejs_compat",)
    assert config.build == BuildStep("worker-build --release", "crate", ("src", "assets"))
    assert config.vars == {"GREETING": "hi", "PRICES": {"tea": 3, "list": [1, 2.5, True]}}
    assert config.objects == (
        ObjectBinding("COUNTER", "Counter"),
        ObjectBinding("OTHER", "Thing", "other"),
    )
    assert config.kv == (KvBinding("STOCK", "0123"),)
    assert config.services == (ServiceBinding("MAILER", "mailer"),)
    assert config.crons == ("*/5 * * * *",)
    assert config.cpu == 0.25


def test_migrations_say_which_classes_there_are_and_which_may_use_sql(tmp_path: Path) -> None:
    config = read(tmp_path, FULL)
    assert config.object_classes == {"Counter", "Plain"}
    assert config.sqlite_classes == {"Counter"}


def test_what_is_not_provided_is_named_once(tmp_path: Path) -> None:
    config = read(tmp_path, FULL)
    assert config.refused == (
        Refused("d1_databases", "DB"),
        Refused("ai", "AI"),
        Refused("queues.producers", "QUEUE"),
    )
    assert config.unknown == ()
    assert read(tmp_path, "colour = 1").unknown == ("colour",)


def test_the_folder_names_a_worker_without_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "hello"
    folder.mkdir()
    assert read(folder, "").name == "hello"


def test_an_environment_inherits_but_no_bindings_and_no_vars(tmp_path: Path) -> None:
    config = read(tmp_path, FULL, "staging")
    assert config.name == "shop-staging"
    assert config.vars == {"GREETING": "staging"}
    assert (config.main, config.cpu, config.crons) == ("build/index.js", 0.25, ("*/5 * * * *",))
    assert config.object_classes == {"Counter", "Plain"}
    assert (config.objects, config.kv, config.services, config.refused) == ((), (), (), ())
    assert read(tmp_path, FULL, "named").name == "own"


def test_an_environment_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no environment 'x'; there are: named, staging"):
        read(tmp_path, FULL, "x")


def test_json_with_comments_and_trailing_commas(tmp_path: Path) -> None:
    text = '{\n  // a comment\n  "name": "w", /* more */\n  "vars": {"A": "http://x",},\n}'
    path = write(tmp_path, text, "wrangler.jsonc")
    assert read_config(path).vars == {"A": "http://x"}
    assert read_config(tmp_path).name == "w"


def test_json_counts_before_toml_as_in_wrangler(tmp_path: Path) -> None:
    write(tmp_path, 'name = "toml"')
    assert find_config(tmp_path).name == "wrangler.toml"
    write(tmp_path, '{"name": "jsonc"}', "wrangler.jsonc")
    write(tmp_path, '{"name": "json"}', "wrangler.json")
    assert read_config(tmp_path).name == "json"


def test_a_folder_without_a_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no wrangler\.toml or wrangler\.jsonc"):
        read_config(tmp_path)


# --- the vars file ---


def test_dev_vars_replace_vars(tmp_path: Path) -> None:
    write(tmp_path, 'GREETING=secret\nQUOTED="a # b"\n# no\nexport X=$HOME\n', ".dev.vars")
    config = read(tmp_path, FULL)
    assert config.vars["GREETING"] == "secret"
    assert config.vars["QUOTED"] == "a # b"
    assert config.vars["X"] == "$HOME"  # nothing of this process is shown to a guest


def test_the_environment_s_own_vars_file_is_the_only_one_read(tmp_path: Path) -> None:
    write(tmp_path, "A=1\nB=1", ".dev.vars")
    write(tmp_path, "A=2", ".dev.vars.staging")
    assert read(tmp_path, FULL, "staging").vars == {"GREETING": "staging", "A": "2"}
    assert read(tmp_path, FULL, "named").vars == {"A": "1", "B": "1"}


def test_env_files_count_when_there_is_no_vars_file(tmp_path: Path) -> None:
    write(tmp_path, "A=1\nB=1", ".env")
    write(tmp_path, "B=2", ".env.local")
    assert read(tmp_path, "").vars == {"A": "1", "B": "2"}
    write(tmp_path, "C=3", ".dev.vars")
    assert read(tmp_path, "").vars == {"C": "3"}


# --- what is wrong ---


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name = 1", "name must be a string, not 1"),
        ("vars = 1", "vars must be a table"),
        ("kv_namespaces = 1", "kv_namespaces must be a list of tables"),
        ("[[kv_namespaces]]", r"kv_namespaces\[0\]\.binding is missing"),
        ("durable_objects = []", "durable_objects must be a table"),
        (
            '[[durable_objects.bindings]]\nname = "A"',
            r"durable_objects\.bindings\[0\]\.class_name is missing",
        ),
        ("limits = { cpu_ms = 0 }", r"limits\.cpu_ms must be a positive number, not 0"),
        ("limits = { cpu_ms = true }", r"limits\.cpu_ms must be a positive number"),
        ('triggers = { crons = "x" }', r"triggers\.crons must be a list of strings"),
        ("build = { watch_dir = 1 }", r"build\.watch_dir must be a folder"),
        (
            'vars = { A = "" }\n[[kv_namespaces]]\nbinding = "A"',
            "A is the name of two bindings",
        ),
        ("= 1", "it cannot be read"),
        ("[[migrations]]", r"migrations\[0\]\.tag is missing"),
    ],
)
def test_a_complaint_names_the_file_and_the_key(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as caught:
        read(tmp_path, text)
    assert str(tmp_path / "wrangler.toml") in str(caught.value)


def test_a_complaint_about_an_environment_names_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"env\.x\.main must be a string"):
        read(tmp_path, "[env.x]\nmain = 1", "x")


def test_files_that_are_huge_or_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="more than"):
        read(tmp_path, "#" * (MAX_BYTES + 1))
    path = tmp_path / "wrangler.toml"
    path.write_bytes(b"name = '\xff'")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_config(path)
    deep = write(tmp_path, "[" * 200_000, "wrangler.json")
    with pytest.raises(ConfigError):
        read_config(deep)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("wrangler.toml", "wrangler.jsonc"):
        path = folder / name
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            assert isinstance(read_config(path), Config)
        except ConfigError:
            assert path.exists()
