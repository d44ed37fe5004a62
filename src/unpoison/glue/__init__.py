"""Interface IR -> JavaScript source with the recovery contract; runs nothing."""

from unpoison.glue.declarations import make_declarations
from unpoison.glue.javascript_source import make_bundler_entry, make_javascript
from unpoison.glue.options import GlueOptions, Target
from unpoison.glue.packaging import PackageOptions, make_javascript_package

__all__ = [
    "GlueOptions",
    "PackageOptions",
    "Target",
    "make_bundler_entry",
    "make_declarations",
    "make_javascript",
    "make_javascript_package",
]
