"""Whether a word is another one, misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

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
        and most_like(word, known, _SURELY_MEANT) is not None
    )


def most_like(word: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """The known word that is meant, if any is so like it, from 0 to 1: one that is a slip away before all others."""
    close = difflib.get_close_matches(word, sorted(known), 5, least)
    return next((one for one in close if is_slip(word, one)), close[0] if close else None)


def is_slip(written: str, meant: str) -> bool:
    """Whether it takes one slip of the keyboard: a letter more, less, another one, or two that changed places."""
    if abs(len(written) - len(meant)) > 1 or written == meant or written[:1] != meant[:1]:
        return False
    if len(written) == len(meant):
        differing = [i for i, (a, b) in enumerate(zip(written, meant, strict=True)) if a != b]
        if len(meant) < 5:
            return len(differing) == 2 and _are_swapped(written, meant, differing)
        return len(differing) == 1 or (len(differing) == 2 and _are_swapped(written, meant, differing))
    shorter, longer = sorted((written, meant), key=len)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))) and len(meant) > 4


def _are_swapped(one: str, other: str, places: list[int]) -> bool:
    first, second = places
    return second == first + 1 and one[first] == other[second] and one[second] == other[first]
