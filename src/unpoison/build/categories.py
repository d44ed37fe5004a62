"""Cargo's categories that have an equal among Python's classifiers; the others have none.

Sources: crates.io/category_slugs and the package `trove-classifiers`, with which a test compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

ALWAYS: Final = (
    "Programming Language :: Python :: 3",
    "Programming Language :: Rust",
    "Typing :: Typed",
)
CLASSIFIERS: Final = {
    "authentication": "Topic :: System :: Systems Administration :: Authentication/Directory",
    "compilers": "Topic :: Software Development :: Compilers",
    "compression": "Topic :: System :: Archiving :: Compression",
    "cryptography": "Topic :: Security :: Cryptography",
    "database": "Topic :: Database",
    "database-implementations": "Topic :: Database :: Database Engines/Servers",
    "development-tools": "Topic :: Software Development",
    "development-tools::debugging": "Topic :: Software Development :: Debuggers",
    "development-tools::testing": "Topic :: Software Development :: Testing",
    "email": "Topic :: Communications :: Email",
    "emulators": "Topic :: System :: Emulators",
    "filesystem": "Topic :: System :: Filesystems",
    "finance": "Topic :: Office/Business :: Financial",
    "games": "Topic :: Games/Entertainment",
    "hardware-support": "Topic :: System :: Hardware",
    "internationalization": "Topic :: Software Development :: Internationalization",
    "localization": "Topic :: Software Development :: Localization",
    "mathematics": "Topic :: Scientific/Engineering :: Mathematics",
    "multimedia": "Topic :: Multimedia",
    "multimedia::audio": "Topic :: Multimedia :: Sound/Audio",
    "multimedia::images": "Topic :: Multimedia :: Graphics",
    "multimedia::video": "Topic :: Multimedia :: Video",
    "os": "Topic :: System :: Operating System",
    "rendering": "Topic :: Multimedia :: Graphics :: 3D Rendering",
    "science": "Topic :: Scientific/Engineering",
    "science::bioinformatics": "Topic :: Scientific/Engineering :: Bio-Informatics",
    "science::geo": "Topic :: Scientific/Engineering :: GIS",
    "text-editors": "Topic :: Text Editors",
    "text-processing": "Topic :: Text Processing",
    "visualization": "Topic :: Scientific/Engineering :: Visualization",
    "web-programming": "Topic :: Internet :: WWW/HTTP",
    "web-programming::http-client": "Topic :: Internet :: WWW/HTTP",
    "web-programming::http-server": "Topic :: Internet :: WWW/HTTP :: HTTP Servers",
}


def classifiers_of(categories: Iterable[str]) -> list[str]:
    """Give the classifiers of a crate in these categories, sorted and each once."""
    return sorted({*ALWAYS, *_known(categories)})


def _known(categories: Iterable[str]) -> Iterator[str]:
    for category in categories:
        found = CLASSIFIERS.get(category)
        if found is not None:
            yield found
