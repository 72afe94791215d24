"""What a notebook shows: the last expression of each cell."""

from __future__ import annotations

from kerascheck.network.ir import Site


def is_shown(site: Site) -> bool:
    """Whether nothing but comments stands behind the place in its cell; never in a file that is no notebook."""
    source = site.file
    place = source.locate(site.node)
    cell, _ = source.in_cell(place.start.row)
    if cell is None:
        return False
    last = source.rows_of_cell(cell)[1]
    after = (source.line(row).strip() for row in range(place.end.row + 1, last + 1))
    return not any(line and not line.startswith("#") for line in after)
