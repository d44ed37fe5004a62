"""wrangler.toml or wrangler.jsonc, and .dev.vars -> Config.

Every key of wrangler's is in one table, by what it means here: read, of use to a deployment only,
or a kind of binding that is not provided. Source: workers-sdk, packages/workers-utils
src/config/environment.ts; packages/wrangler src/dev/dev-vars.ts.
"""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from unpoison.errors import ConfigError
from unpoison.workers.config import (
    DEFAULT_WATCH,
    BuildStep,
    Config,
    KvBinding,
    Migration,
    ObjectBinding,
    Refused,
    ServiceBinding,
)
from unpoison.workers.extras import missing_extra

FILES: Final = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")
"""The names of a configuration; the first that is there counts, as in wrangler."""

MAX_BYTES: Final = 4 << 20
"""Bytes of one configuration or vars file."""

INHERITED: Final = ("name", "main", "compatibility_date", "compatibility_flags", "build",
                    "triggers", "limits", "migrations")  # fmt: skip
"""What a named environment takes from the top when it says nothing itself."""

READ: Final = frozenset({*INHERITED, "durable_objects", "kv_namespaces", "services", "vars", "env"})

DEPLOYMENT: Final = frozenset(
    {
        "$schema", "account_id", "alias", "base_dir", "cache", "cloudchamber",
        "compliance_region", "containers", "define", "dev", "find_additional_modules",
        "first_party_worker", "jsx_factory", "jsx_fragment", "keep_names", "keep_vars", "legacy",
        "legacy_env", "logfwdr", "logpush", "minify", "no_bundle", "observability", "placement",
        "preserve_file_names", "preview_urls", "previews", "route", "routes", "rules", "secrets",
        "send_metrics", "site", "streaming_tail_consumers", "tail_consumers", "tsconfig",
        "upload_source_maps", "usage_model", "userAccountId", "workers_dev", "zone_id",
    }
)  # fmt: skip
"""Keys that only a deployment or a bundler has a use for."""

BINDING_LISTS: Final = frozenset(
    {
        "agent_memory", "ai_search", "ai_search_namespaces", "analytics_engine_datasets",
        "artifacts", "d1_databases", "dispatch_namespaces", "flagship", "hello_world",
        "hyperdrive", "mtls_certificates", "pipelines", "r2_buckets", "ratelimits",
        "secrets_store_secrets", "send_email", "unsafe_hello_world", "vectorize", "vpc_networks",
        "vpc_services", "worker_loaders", "workflows",
    }
)  # fmt: skip
"""Kinds of bindings that are not provided: lists of tables with `binding` (or `name`)."""

BINDING_TABLES: Final = frozenset(
    {"ai", "assets", "browser", "images", "media", "stream", "version_metadata"}
)
"""Kinds of which there is one: a table with `binding`."""

T = TypeVar("T")


def find_config(folder: Path) -> Path:
    """Give the configuration of a folder. Raises ConfigError when it has none."""
    for name in FILES:
        if (folder / name).is_file():
            return folder / name
    raise ConfigError(f"no {' or '.join(reversed(FILES))} here", str(folder))


def read_config(path: str | Path, environment: str | None = None) -> Config:
    """Read a configuration file, or that of a folder, with the vars file beside it.

    `environment` chooses `env.<name>`. Raises ConfigError, which names the file and the key, and
    OSError for a file that cannot be read.
    """
    given = Path(path)
    file = find_config(given) if given.is_dir() else given
    table = _parse(file)
    reader = _Reader(str(file), *_select(str(file), table, environment))
    return reader.config(file, _secrets(file.parent, environment))


def config_for(target: Path, environment: str | None = None) -> tuple[Config, Path | None]:
    """Give the configuration of a folder, a configuration file or a module, and the module if that
    is the target. A module without a configuration beside it has bindings of none.

    Raises ConfigError, OSError.
    """
    if target.suffix != ".wasm":
        return read_config(target, environment), None
    folder = target.resolve().parent
    if any((folder / name).is_file() for name in FILES) or environment is not None:
        return read_config(folder, environment), target
    return Config(name=target.stem, folder=folder), target


def _parse(file: Path) -> Mapping[str, Any]:
    text = _text(file)
    try:
        table = tomllib.loads(text) if file.suffix == ".toml" else _jsonc(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"it cannot be read: {error or 'nested too deeply'}", str(file)) from None
    if not isinstance(table, dict):
        raise ConfigError("the configuration must be an object", str(file))
    return table


def _text(file: Path) -> str:
    with file.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ConfigError(f"it has more than {MAX_BYTES} bytes", str(file))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ConfigError(f"it is no UTF-8: {error}", str(file)) from None


def _jsonc(text: str) -> Any:
    """Parse JSON with comments and trailing commas, of which JSON5 has both."""
    try:
        return json.loads(text)
    except ValueError:
        try:
            import json5
        except ImportError as error:
            raise missing_extra("JSON with comments", error) from error
        return json5.loads(text)


def _select(
    where: str, top: Mapping[str, Any], environment: str | None
) -> tuple[Mapping[str, Any], str | None]:
    """Give the table of one environment, with what it inherits."""
    if environment is None:
        return top, None
    named = top.get("env")
    chosen = named.get(environment) if isinstance(named, dict) else None
    if not isinstance(chosen, dict):
        known = ", ".join(sorted(named)) if isinstance(named, dict) and named else "none"
        raise ConfigError(f"no environment {environment!r}; there are: {known}", where)
    inherited = {key: top[key] for key in INHERITED if key in top}
    if "name" in inherited:
        inherited["name"] = f"{inherited['name']}-{environment}"
    return {**inherited, **chosen}, environment


class _Reader:
    """Reads one table; every complaint names the file and the key."""

    def __init__(self, where: str, table: Mapping[str, Any], environment: str | None) -> None:
        self._where = where
        self._table = table
        self._prefix = "" if environment is None else f"env.{environment}."

    def config(self, file: Path, secrets: Mapping[str, str]) -> Config:
        """Give the whole configuration."""
        known = READ | DEPLOYMENT | BINDING_LISTS | BINDING_TABLES | {"queues", "unsafe"}
        made = Config(
            name=self.text(self._table, "name", "") or file.resolve().parent.name,
            folder=file.resolve().parent,
            path=file,
            main=self.optional(self._table, "main"),
            compatibility_date=self.optional(self._table, "compatibility_date"),
            compatibility_flags=self.texts(self._table, "compatibility_flags"),
            build=self.build(),
            vars={**self.table(self._table, "vars"), **secrets},
            objects=self.each("durable_objects.bindings", self.object_binding),
            migrations=self.each("migrations", self.migration),
            kv=self.each("kv_namespaces", self.kv_binding),
            services=self.each("services", self.service_binding),
            crons=self.texts(self.table(self._table, "triggers"), "crons", "triggers."),
            cpu=self.cpu(),
            refused=tuple(self.refused()),
            unknown=tuple(sorted(key for key in self._table if key not in known)),
        )
        self._check_names(made)
        return made

    # --- parts ---

    def build(self) -> BuildStep:
        table = self.table(self._table, "build")
        watch = table.get("watch_dir", DEFAULT_WATCH)
        folders = watch if isinstance(watch, list) else [watch]
        if not all(isinstance(folder, str) for folder in folders):
            raise self.wrong("build.watch_dir", "must be a folder or a list of folders")
        return BuildStep(
            self.optional(table, "command", "build."),
            self.text(table, "cwd", ".", "build."),
            tuple(folders),
        )

    def cpu(self) -> float | None:
        value = self.table(self._table, "limits").get("cpu_ms")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise self.wrong("limits.cpu_ms", f"must be a positive number, not {value!r}")
        return float(value) / 1000

    def object_binding(self, table: Mapping[str, Any], key: str) -> ObjectBinding:
        return ObjectBinding(
            self.text(table, "name", None, key),
            self.text(table, "class_name", None, key),
            self.optional(table, "script_name", key),
        )

    def migration(self, table: Mapping[str, Any], key: str) -> Migration:
        return Migration(
            self.text(table, "tag", None, key),
            self.texts(table, "new_classes", key),
            self.texts(table, "new_sqlite_classes", key),
            tuple(
                (self.text(row, "from", None, key), self.text(row, "to", None, key))
                for row in self.rows(table, "renamed_classes", key)
            ),
            self.texts(table, "deleted_classes", key),
        )

    def kv_binding(self, table: Mapping[str, Any], key: str) -> KvBinding:
        name = self.text(table, "binding", None, key)
        return KvBinding(name, self.text(table, "id", name, key))

    def service_binding(self, table: Mapping[str, Any], key: str) -> ServiceBinding:
        return ServiceBinding(
            self.text(table, "binding", None, key), self.text(table, "service", None, key)
        )

    def refused(self) -> Iterable[Refused]:
        for key in sorted(BINDING_LISTS & self._table.keys()):
            yield from self.each(key, partial(self._refusal, key))
        for key in sorted(BINDING_TABLES & self._table.keys()):
            name = self.optional(self.table(self._table, key), "binding", f"{key}.")
            if name is not None:
                yield Refused(key, name)
        yield from self.each("queues.producers", partial(self._refusal, "queues.producers"))

    def _refusal(self, key: str, row: Mapping[str, Any], at: str) -> Refused:
        return Refused(key, self.text(row, "binding", self.optional(row, "name", at), at))

    def _check_names(self, made: Config) -> None:
        kinds = (made.objects, made.kv, made.services, made.refused)
        names = [*made.vars, *(binding.name for kind in kinds for binding in kind)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise self.wrong(twice[0], "is the name of two bindings")

    # --- kinds of values ---

    def each(self, path: str, read: Callable[[Mapping[str, Any], str], T]) -> tuple[T, ...]:
        """Read each row of the list at a path such as `durable_objects.bindings`."""
        *outer, last = path.split(".")
        table = self._table
        for name in outer:
            table = self.table(table, name)
        prefix = "".join(f"{name}." for name in outer)
        return tuple(
            read(row, f"{path}[{index}].")
            for index, row in enumerate(self.rows(table, last, prefix))
        )

    def rows(self, table: Mapping[str, Any], key: str, prefix: str = "") -> list[Any]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self.wrong(prefix + key, "must be a list of tables")
        return value

    def table(self, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "must be a table")
        return value

    def text(
        self, table: Mapping[str, Any], key: str, default: str | None = None, prefix: str = ""
    ) -> str:
        value = table.get(key, default)
        if value is None:
            raise self.wrong(prefix + key, "is missing")
        if not isinstance(value, str):
            raise self.wrong(prefix + key, f"must be a string, not {value!r}")
        return value

    def optional(self, table: Mapping[str, Any], key: str, prefix: str = "") -> str | None:
        return self.text(table, key, None, prefix) if table.get(key) is not None else None

    def texts(self, table: Mapping[str, Any], key: str, prefix: str = "") -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(prefix + key, "must be a list of strings")
        return tuple(value)

    def wrong(self, key: str, what: str) -> ConfigError:
        return ConfigError(f"{self._prefix}{key} {what}", self._where)


def _secrets(folder: Path, environment: str | None) -> Mapping[str, str]:
    """Read the vars file: .dev.vars.<env> or .dev.vars; without one the .env files."""
    suffix = "" if environment is None else f".{environment}"
    for name in dict.fromkeys((f".dev.vars{suffix}", ".dev.vars")):
        if (folder / name).is_file():
            return _dotenv(folder / name)
    names = dict.fromkeys((".env", f".env{suffix}", ".env.local", f".env{suffix}.local"))
    found: dict[str, str] = {}
    for name in names:
        if (folder / name).is_file():
            found.update(_dotenv(folder / name))
    return found


def _dotenv(file: Path) -> Mapping[str, str]:
    try:
        from dotenv import dotenv_values
    except ImportError as error:
        raise missing_extra(f"reading {file.name}", error) from error
    # No interpolation: what the file says is the value, and nothing of this process is shown.
    values = dotenv_values(stream=io.StringIO(_text(file)), interpolate=False)
    return {name: value or "" for name, value in values.items()}
