"""Which wasm-bindgen releases share a wire format, and how each differs from ours.

The schema version is compared byte for byte and is not the crate's version. Source: the
published crates `wasm-bindgen-shared` 0.2.127 to 0.2.130, compared with each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from unpoison.errors import UnsupportedModule

SCHEMA_VERSION = "0.2.130"
ADVICE = (
    "use wasm-bindgen 0.2.130 (js-sys and web-sys 0.3.107, wasm-bindgen-futures 0.4.80): "
    "`cargo update -p wasm-bindgen --precise 0.2.130`, then build again"
)


@dataclass(frozen=True, slots=True)
class Release:
    """The crate versions that write one schema, and what differs from SCHEMA_VERSION."""

    crates: str
    differences: tuple[str, ...]


_UNTIL_129 = (
    "no module paths in programs and in the descriptors of enums",
    "numeric enums cross as i32, not f64",
    "no SEQ_MODE and NULLABLE descriptors",
    "no __wbindgen_externref_statics_end import",
)

RELEASES = {
    "0.2.122": Release(
        "0.2.127",
        (
            *_UNTIL_129,
            "exports carry no crate hash",
            "casts end with __wbindgen_describe_cast and have no key",
            "no suspending, generic_per_mono and jspi flags",
        ),
    ),
    "0.2.128": Release("0.2.128 or 0.2.129", _UNTIL_129),
    "0.2.130": Release("0.2.130", ()),
}


def check_schema(schema_version: str, tool_version: str) -> None:
    """Raise UnsupportedModule, naming both versions, unless the schema is ours."""
    if schema_version == SCHEMA_VERSION:
        return
    release = RELEASES.get(schema_version)
    raise UnsupportedModule(
        f"the module was built with wasm-bindgen {tool_version} (schema {schema_version}"
        f"{'' if release is None else ', which differs: ' + '; '.join(release.differences)}); "
        f"unpoison reads schema {SCHEMA_VERSION}",
        advice=ADVICE,
    )
