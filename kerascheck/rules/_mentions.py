"""How often names are written in a file."""

from __future__ import annotations

from collections import Counter

import libcst as cst

from kerascheck.machine.static import once_in_outline
from kerascheck.network.ir import Site
from kerascheck.text.outline import Outline


def mentions(site: Site, name: str) -> int:
    """How often the name is written in the file."""
    return _names(site.file, site.file.tree)[name]


@once_in_outline
def _names(outline: Outline, tree: cst.CSTNode) -> Counter[str]:
    return Counter(node.value for node in outline.below(tree, cst.Name))
