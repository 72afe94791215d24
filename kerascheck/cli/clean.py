"""`kerascheck clean`: throws away the results of earlier runs."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from kerascheck.cli.common import OK
from kerascheck.configuration.config import Resolver


def clean(resolver: Resolver, stream: TextIO) -> int:
    """Empty the cache that is used in the current folder; the exit status."""
    from kerascheck.workers.cache import Cache

    folder = resolver.settings_for(Path.cwd()).cache_dir
    cache = Cache(Path(folder)) if folder else Cache.of_user()
    count = cache.clear()
    stream.write(f"{cache.folder}: {count} result{'s' * (count != 1)} removed.\n")
    return OK
