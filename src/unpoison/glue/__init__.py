"""Interface IR -> JavaScript source with the recovery contract; runs nothing."""

from unpoison.glue.declarations import make_declarations
from unpoison.glue.javascript_source import make_bundler_javascript, make_javascript
from unpoison.glue.options import GlueOptions, Isolation, Target
from unpoison.glue.packaging import PackageOptions, make_javascript_package
from unpoison.glue.runtimes import RUNTIMES, Evidence, Runtime

__all__ = [
    "RUNTIMES",
    "Evidence",
    "GlueOptions",
    "Isolation",
    "PackageOptions",
    "Runtime",
    "Target",
    "make_bundler_javascript",
    "make_declarations",
    "make_javascript",
    "make_javascript_package",
]
