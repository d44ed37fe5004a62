"""Whether a package can be imported by its name where other packages are."""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions

from packaging.utils import canonicalize_name


def name_clash(package: str, distribution: str) -> str | None:
    """Say what else has the import name of a package on this machine; None when nothing has.

    `distribution` is the package's own, which may be installed from an earlier build.
    """
    if package in sys.stdlib_module_names:
        return f"{package} is the name of a module of Python's own; rename the crate"
    others = _owners(package) - {canonicalize_name(distribution)}
    if not others:
        return None
    return (
        f"`import {package}` belongs to {', '.join(sorted(others))} here too, and installing both "
        "overwrites files; rename the crate"
    )


def _owners(package: str) -> set[str]:
    return {canonicalize_name(name) for name in packages_distributions().get(package, ())}
