"""Pictures of architectures: Mermaid text without further packages; SVG, HTML and PNG with the extra `graph`."""

from __future__ import annotations

from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from kerascheck.diagnostics import Severity
from kerascheck.text.escaping import html as in_html
from kerascheck.text.escaping import mermaid as quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerascheck.diagnostics import Diagnostic
    from kerascheck.views.graph import Architecture, Box

INSTALL = "pip install 'kerascheck[graph]'"

_FILLS = {
    "input": "#e8eaed", "convolutional": "#d7e8fb", "pooling": "#dff3ea", "core": "#fdeccf", "recurrent": "#e9defa",
    "attention": "#f9dcea", "normalization": "#f3f4f6", "regularization": "#f3f4f6", "activations": "#f3f4f6",
    "merging": "#e3f1d4", "reshaping": "#f1efe4", "wrappers": "#e9defa", "network": "#d9e2f3", "custom": "#fbe3d6",
}  # fmt: skip
_PLAIN = "#f8f9fa"
_MARKS = {Severity.ERROR: "#c5221f", Severity.WARNING: "#e69f00", Severity.INFO: "#1a73e8"}
_MARKED = {Severity.ERROR: "#fad2cf", Severity.WARNING: "#fff1c2", Severity.INFO: "#e8f0fe"}

_CHARACTER = 6.9  # average width at 12 pixels
_LINE = 16
_RANK_GAP = 34
_SIDE_GAP = 28
_MARGIN = 24
_LOOP = 24  # how far a loop stands out
_NOTE_CHARACTERS = 90
_MAX_PIXELS = 30_000  # of a PNG's side


class MissingPackage(Exception):
    """A format needs a package that is not installed."""


# -- Mermaid --------------------------------------------------------------------------------------------------------


def mermaid(picture: Architecture) -> str:
    """A Mermaid flowchart, as GitHub and many editors show it."""
    lines = ["---", f'title: "{quoted(picture.title)}: {quoted(picture.subtitle)}"', "---", "flowchart TD"]
    for number, box in enumerate(picture.boxes):
        text = "<br/>".join(quoted(line) for line in (*_lines(box), box.codes) if line)
        severity = f":::{box.severity.value}" if box.severity is not None else ""
        lines.append(f'    n{number}["{text}"]{severity}')
    for number, note in enumerate(picture.notes):
        text = quoted(f"{note.code} {_place(note)}: {note.message}")
        lines.append(f'    note{number}>"{text}"]:::{note.severity.value}')
    lines += [f"    n{start} --> n{end}" for start, end in picture.arrows]
    used = {box.severity for box in picture.boxes} | {note.severity for note in picture.notes}
    for severity, colour in _MARKS.items():
        if severity in used:
            lines.append(f"    classDef {severity.value} fill:{_MARKED[severity]},stroke:{colour},stroke-width:2px")
    return "\n".join(lines) + "\n"


def _lines(box: Box) -> list[str]:
    params = f"{box.params}, frozen" if box.frozen else box.params
    return [f"{box.name} ({box.cls})", box.shape, params]


# -- SVG ------------------------------------------------------------------------------------------------------------


def svg(picture: Architecture, link: Callable[[Diagnostic], str] | None = None, name: str = "") -> str:
    """A self-contained SVG.

    Args:
        picture: what to draw.
        link: gives the address of a finding, to which the layers that have any then lead.
        name: tells the picture from others on the same page.

    Raises:
        MissingPackage: the package that lays out the graph is not installed.
    """
    width, height, places, routes = _layout(picture)
    notes, notes_width, shift = _notes(picture)
    height += shift
    texts = [
        f'<text x="{_MARGIN}" y="{_MARGIN + 4}" font-size="16" font-weight="600">{in_html(picture.title)}</text>',
        f'<text class="muted" x="{_MARGIN}" y="{_MARGIN + 24}" fill="#5f6368">{in_html(picture.subtitle)}</text>',
    ]
    title_width = _MARGIN * 2 + max(len(picture.title) * 9.5, len(picture.subtitle) * _CHARACTER)
    width = max(width, title_width, notes_width)
    arrow = in_html(f"{name}-arrow" if name else "arrow")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="architecture" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Helvetica, Arial, DejaVu Sans, sans-serif" '
        'font-size="12" fill="#202124">',
        f'<defs><marker id="{arrow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="#80868b"/></marker></defs>',
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        *texts,
        *notes,
        *([f'<g transform="translate(0 {shift:.0f})">'] if shift else []),
        f'<g fill="none" stroke="#80868b" stroke-width="1.3" marker-end="url(#{arrow})">',
        *(f'<path d="{_curve(route)}"/>' for route in routes),
        *(f'<path d="{_loop(picture.boxes[n], *places[n])}"/>' for n, end in picture.arrows if n == end),
        "</g>",
        *(_linked(_drawn(box, *places[number]), box, link) for number, box in enumerate(picture.boxes)),
        *(["</g>"] if shift else []),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _notes(picture: Architecture) -> tuple[list[str], float, float]:
    """What is wrong with the model and no layer of it, between the title and the graph; its width and height."""
    parts: list[str] = []
    top, width = _MARGIN + 36.0, 0.0
    for note in picture.notes:
        lines = wrap(f"{note.code} {_place(note)}: {note.message}", _NOTE_CHARACTERS)
        wide, high = max(map(len, lines)) * _CHARACTER + 20, len(lines) * _LINE + 10
        kind = note.severity.value
        parts.append(
            f'<rect class="note {kind}" x="{_MARGIN}" y="{top:.0f}" width="{wide:.0f}" height="{high}" rx="3" '
            f'fill="{_MARKED[note.severity]}" stroke="{_MARKS[note.severity]}"/>'
        )
        parts += [
            f'<text x="{_MARGIN + 10}" y="{top + 17 + number * _LINE:.0f}">{in_html(line)}</text>'
            for number, line in enumerate(lines)
        ]
        top += high + 6
        width = max(width, wide + 2 * _MARGIN)
    return parts, width, top - _MARGIN - 36 + 6 if parts else 0.0


def _linked(drawn: str, box: Box, link: Callable[[Diagnostic], str] | None) -> str:
    """A box that leads to the first of its findings."""
    if link is None or not box.findings:
        return drawn
    label = f"{box.name}: {', '.join(finding.code for finding in box.findings)}"
    return f'<a href="{in_html(link(box.findings[0]))}" aria-label="{in_html(label)}">{drawn}</a>'


def _size(box: Box) -> tuple[float, float]:
    lines = [line for line in _lines(box) if line]
    codes = len(box.codes) + 2 if box.codes else 0
    longest = max(len(lines[0]) * 1.06 + codes, *(len(line) for line in lines))
    return max(110.0, longest * _CHARACTER + 20), len(lines) * _LINE + 12


def _drawn(box: Box, x: float, y: float) -> str:
    """A box whose top is centred at x, y."""
    width, height = _size(box)
    severity = box.severity
    fill = _MARKED[severity] if severity is not None else _FILLS.get(box.family, _PLAIN)
    stroke = _MARKS[severity] if severity is not None else "#9aa0a6"
    left = x - width / 2
    kind = severity.value if severity is not None else box.family
    dash = ' stroke-dasharray="5 3"' if box.frozen else ""
    parts = [
        "<g>",
        f"<title>{in_html(_tooltip(box))}</title>",
        f'<rect class="box {kind}" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="6" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="{2.2 if severity is not None else 1}"{dash}/>',
    ]
    name = (
        f'<tspan font-weight="600">{in_html(box.name)}</tspan> '
        f'<tspan class="muted" fill="#5f6368">{in_html(box.cls)}</tspan>'
    )
    parts.append(f'<text x="{left + 10:.1f}" y="{y + 18:.1f}">{name}</text>')
    for number, line in enumerate(line for line in _lines(box)[1:] if line):
        below = y + 18 + (number + 1) * _LINE
        parts.append(f'<text class="detail" x="{left + 10:.1f}" y="{below:.1f}" fill="#3c4043">{in_html(line)}</text>')
    if box.codes:
        right = left + width - 8
        parts.append(
            f'<text class="code {kind}" x="{right:.1f}" y="{y + 18:.1f}" '
            f'text-anchor="end" font-weight="700" fill="{stroke}">'
            f"{in_html(box.codes)}</text>"
        )
    return "".join(parts) + "</g>"


def _tooltip(box: Box) -> str:
    return "\n".join([*(line for line in _lines(box) if line), *(f"{f.code} {f.message}" for f in box.findings)])


def _layout(
    picture: Architecture,
) -> tuple[float, float, dict[int, tuple[float, float]], list[list[tuple[float, float]]]]:
    """Width, height, where each box stands, and the points that each arrow passes."""
    try:
        from fast_sugiyama import from_edges
    except ImportError:
        raise MissingPackage(f"this format needs the package fast-sugiyama: {INSTALL}") from None
    sizes = {number: _size(box) for number, box in enumerate(picture.boxes)}
    ranks: dict[int, float] = {}
    columns: dict[int, float] = {}
    links: list[tuple[int, int]] = []
    right = 0.0
    fresh = len(picture.boxes)
    arrows = _downwards(picture.arrows)
    linked = {number for arrow in arrows for number in arrow}
    for part in _connected(arrows):
        # The package takes the numbers behind those of the boxes for the points of bent arrows: it gets them without
        # gaps, one connected part at a time.
        boxes = sorted({number for arrow in part for number in arrow})
        known = dict(enumerate(boxes))
        own = {number: index for index, number in known.items()}
        laid: Any = from_edges([(own[a], own[b]) for a, b in part], vertex_spacing=4, dummy_vertices=True)
        for positions, _, _, edges in laid:
            for number, (column, rank) in positions:
                if number not in known:
                    known[number] = fresh
                    fresh += 1
                columns[known[number]] = column
                ranks[known[number]] = -rank
            links += [(known[a], known[b]) for a, b in edges]
            right = _spread([known[number] for number, _ in positions], columns, ranks, sizes, right)
    alone = [number for number in sizes if number not in linked]
    for position, number in enumerate(alone):
        columns[number], ranks[number] = right + sizes[number][0] / 2, float(position)
    tops, heights, bottom = _rows(ranks, sizes)
    places = {number: (columns[number] + _MARGIN, tops[number]) for number in sizes}
    width = max((columns[n] + sizes[n][0] / 2 for n in sizes), default=0.0) + 2 * _MARGIN
    points = {number: (columns[number] + _MARGIN, tops[number]) for number in ranks}
    return width, bottom + _MARGIN, places, _routes(picture, links, points, heights, sizes)


def _downwards(arrows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The arrows with those turned round that lead back, as where layers are called in turn on what they have made.

    The package that lays them out does not end with some cycles, and with an arrow from a box to itself it ends the
    process.
    """
    after: dict[int, list[int]] = {}
    for start, end in arrows:
        if start != end:
            after.setdefault(start, []).append(end)
    made: dict[tuple[int, int], None] = {}
    open_: set[int] = set()
    done: set[int] = set()
    for first in list(after):
        path = [(first, iter(after.get(first, ())))] if first not in done else []
        open_.update(number for number, _ in path)
        while path:
            start, ends = path[-1]
            for end in ends:
                made[(end, start) if end in open_ else (start, end)] = None
                if end not in open_ and end not in done:
                    open_.add(end)
                    path.append((end, iter(after.get(end, ()))))
                    break
            else:
                path.pop()
                open_.remove(start)
                done.add(start)
    return list(made)


def _connected(arrows: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The arrows of each connected part."""
    above: dict[int, int] = {}

    def first_of(number: int) -> int:
        while (up := above.setdefault(number, number)) != number:
            above[number] = above[up]
            number = up
        return number

    for start, end in arrows:
        above[first_of(start)] = first_of(end)
    parts: dict[int, list[tuple[int, int]]] = {}
    for arrow in arrows:
        parts.setdefault(first_of(arrow[0]), []).append(arrow)
    return list(parts.values())


def _spread(
    members: list[int],
    columns: dict[int, float],
    ranks: dict[int, float],
    sizes: dict[int, tuple[float, float]],
    left: float,
) -> float:
    """Scale the columns of one connected part so that nothing overlaps; where the next part may begin."""
    rows: dict[float, list[int]] = {}
    for number in members:
        rows.setdefault(ranks[number], []).append(number)
    scale = 1.0
    for row in rows.values():
        row.sort(key=columns.__getitem__)
        for one, other in pairwise(row):
            needed = (_half(one, sizes) + _half(other, sizes)) + _SIDE_GAP / 2
            distance = columns[other] - columns[one]
            if distance > 0:
                scale = max(scale, needed / distance)
    start = min(columns[number] * scale - _half(number, sizes) for number in members)
    for number in members:
        columns[number] = columns[number] * scale - start + left
    return max(columns[number] + _half(number, sizes) for number in members) + 2 * _SIDE_GAP


def _half(number: int, sizes: dict[int, tuple[float, float]]) -> float:
    return sizes[number][0] / 2 if number in sizes else 4.0


def _rows(
    ranks: dict[int, float], sizes: dict[int, tuple[float, float]]
) -> tuple[dict[int, float], dict[int, float], float]:
    """The top of everything, rank below rank, the heights of the ranks that it is in, and where they end."""
    top = _MARGIN + 44.0
    tops: dict[int, float] = {}
    heights: dict[int, float] = {}
    for rank in sorted(set(ranks.values())):
        members = [number for number, own in ranks.items() if own == rank]
        height = max((sizes[number][1] for number in members if number in sizes), default=0.0)
        for number in members:
            tops[number], heights[number] = top, height
        top += height + _RANK_GAP
    return tops, heights, top - _RANK_GAP if ranks else top


def _routes(
    picture: Architecture,
    links: list[tuple[int, int]],
    points: dict[int, tuple[float, float]],
    heights: dict[int, float],
    sizes: dict[int, tuple[float, float]],
) -> list[list[tuple[float, float]]]:
    """Follow each arrow over its bends from the bottom of a box to the top of another, or up again.

    It passes the boxes of a rank straight, from the top of the rank to its end, so that it goes behind none of them.
    """
    wanted = set(picture.arrows)
    after: dict[int, int] = {start: end for start, end in links if start not in sizes}
    routes = []
    for start, first in links:
        if start not in sizes:
            continue
        passed = [first]
        while passed[-1] not in sizes:
            passed.append(after[passed[-1]])
        x, y = points[start]
        route = [(x, y + sizes[start][1])]
        for number in passed:
            column, top = points[number]
            route.append((column, top))
            if number not in sizes:
                route.append((column, top + heights[number]))
        if (start, passed[-1]) in wanted:
            routes.append(route)
        if (passed[-1], start) in wanted:
            routes.append(route[::-1])
    return routes


def _curve(route: list[tuple[float, float]]) -> str:
    x, y = route[0]
    parts = [f"M{x:.1f} {y:.1f}"]
    for next_x, next_y in route[1:]:
        middle = (y + next_y) / 2
        parts.append(f"C{x:.1f} {middle:.1f} {next_x:.1f} {middle:.1f} {next_x:.1f} {next_y:.1f}")
        x, y = next_x, next_y
    return "".join(parts)


def _loop(box: Box, x: float, y: float) -> str:
    """An arrow from a box, whose top is centred at x, y, back to itself: out of its right side and in again."""
    width, height = _size(box)
    right, low, high = x + width / 2, y + height * 0.7, y + height * 0.3
    return f"M{right:.1f} {low:.1f}C{right + _LOOP:.1f} {low:.1f} {right + _LOOP:.1f} {high:.1f} {right:.1f} {high:.1f}"


# -- HTML and PNG ---------------------------------------------------------------------------------------------------


def html(picture: Architecture) -> str:
    """A page that holds the SVG and lists the findings."""
    at_layers = (finding for box in picture.boxes for finding in box.findings)
    findings = {(found.cell, found.span.start, found.code): found for found in (*at_layers, *picture.notes)}
    listed = "".join(
        f"<li><b>{in_html(finding.code)}</b> {_place(finding)}: {in_html(finding.message)}</li>"
        for finding in findings.values()
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{in_html(picture.title)}</title>'
        "<style>body{font-family:Helvetica,Arial,sans-serif;margin:1rem;color:#202124}svg{max-width:100%;height:auto}"
        "</style></head><body>\n"
        f"{svg(picture)}{f'<ul>{listed}</ul>' if listed else ''}\n</body></html>\n"
    )


def _place(finding: Diagnostic) -> str:
    cell = f"cell {finding.cell}, " if finding.cell is not None else ""
    return f"{cell}line {finding.span.start.row}"


def png(picture: Architecture) -> bytes:
    """The SVG as pixels, twice as large where that is not too much.

    Raises:
        MissingPackage: the package that renders it is not installed.
    """
    text = svg(picture)
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise MissingPackage(f"this format needs the package resvg-py: {INSTALL}") from None
    width, height, _, _ = _layout(picture)
    zoom = max(1, min(2, int(_MAX_PIXELS / max(width, height, 1))))
    return bytes(svg_to_bytes(svg_string=text, zoom=zoom, background="#ffffff"))
