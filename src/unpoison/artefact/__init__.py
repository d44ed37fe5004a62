"""Bytes -> a module that is ready to run, and the cache of those."""

from unpoison.artefact.cache import Cache, open_cache
from unpoison.artefact.facts import Facts
from unpoison.artefact.pipeline import analyse, prepare
from unpoison.artefact.records import Analysis, Artefact
from unpoison.artefact.source import Source, describe_source, read_source

__all__ = [
    "Analysis",
    "Artefact",
    "Cache",
    "Facts",
    "Source",
    "analyse",
    "describe_source",
    "open_cache",
    "prepare",
    "read_source",
]
