"""Whether a word that nobody knows is a known one, misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Collection

#: How like a known word a misspelt one is, at least: `reu` is like `relu` by 0.86, `gelunew` like `gelu` by 0.73.
_SURELY_MEANT = 0.8


def is_misspelt(word: str, known: Collection[str]) -> bool:
    """Whether the word is a letter or two away from a known one, and surely nobody's own.

    Those have something before or after a known word, or figures in them.
    """
    letters = word.replace("_", "")
    return (
        letters.isalpha()
        and letters.casefold() not in {one.replace("_", "").casefold() for one in known}
        and not any(word.startswith(one) or word.endswith(one) for one in known)
        and bool(difflib.get_close_matches(word, known, n=1, cutoff=_SURELY_MEANT))
    )
