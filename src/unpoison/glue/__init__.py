"""Interface IR -> JavaScript source with the recovery contract; runs nothing."""

from unpoison.glue.javascript_source import make_bundler_entry, make_javascript
from unpoison.glue.options import GlueOptions, Target

__all__ = ["GlueOptions", "Target", "make_bundler_entry", "make_javascript"]
