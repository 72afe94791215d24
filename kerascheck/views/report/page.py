"""The page: HTML that holds all it needs, fetches nothing, and says what it has without its script too."""

from __future__ import annotations

import base64
import hashlib
import inspect
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from kerascheck import __version__
from kerascheck.diagnostics import Applicability, Diagnostic, Severity
from kerascheck.reporters.base import models_of
from kerascheck.text.escaping import visible
from kerascheck.text.markup import Markup, join, tag

if TYPE_CHECKING:
    from kerascheck.rules.base import Rule
    from kerascheck.views.report.collect import FilePart, FindingPart, ModelPart
    from kerascheck.views.report.excerpts import Row

_WORDS = {
    Severity.ERROR: ("error", "errors", "will crash, or cannot learn"),
    Severity.WARNING: ("warning", "warnings", "likely harmful"),
    Severity.INFO: ("info", "info", "could be better"),
}
_ADDRESS = re.compile(r"(?<![<(\[`])https?://[^\s>)]+")
_MAX_REASONS = 5  # why something is not counted

#: Pictures of more layers, and models beyond a number, are shown when they are asked for.
_MANY_LAYERS = 60
_MANY_MODELS = 30


@dataclass(frozen=True)
class Group:
    """The findings of one rule."""

    code: str
    name: str
    severity: Severity
    findings: list[FindingPart]


def page(files: Sequence[FilePart], title: str) -> str:
    """The whole page."""
    style, script = _asset("style.css"), _asset("script.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    groups = _groups(files)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content=f"kerascheck {__version__}"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    body = tag(
        "body",
        tag("a", "Skip to the findings", class_="skip", href="#findings"),
        _header(files, title),
        _toolbar(files, groups),
        tag("main", _findings(files), _rules(groups), _models(files)),
        tag("footer", f"Written by kerascheck {__version__}. Nothing of the checked programs was run."),
        tag("script", Markup(script)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _asset(name: str) -> str:
    return resources.files("kerascheck.views.report").joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    """What allows exactly this script or style, and no other."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _groups(files: Sequence[FilePart]) -> list[Group]:
    """The findings by rule, the worst and most frequent rules first."""
    groups: dict[str, Group] = {}
    for file in files:
        for part in file.findings:
            found = part.diagnostic
            group = groups.setdefault(found.code, Group(found.code, found.name, found.severity, []))
            group.findings.append(part)
    rank = list(Severity).index
    return sorted(groups.values(), key=lambda group: (rank(group.severity), -len(group.findings), group.code))


# -- above ----------------------------------------------------------------------------------------------------------


def _header(files: Sequence[FilePart], title: str) -> Markup:
    counts = Counter(part.diagnostic.severity for file in files for part in file.findings)
    models = sum(models_of([file.report for file in files]).values())
    cards = [_card(counts[severity], _word(severity, counts[severity]), severity.value) for severity in Severity]
    cards.append(_card(len(files), "file" if len(files) == 1 else "files"))
    cards.append(_card(models, "model" if models == 1 else "models"))
    button = tag(
        "button", tag("span", "◐", aria_hidden="true"), " Theme", type="button", id="theme", title="Light or dark"
    )
    return tag("header", tag("div", tag("h1", title), button, class_="title"), tag("ul", cards, class_="cards"))


def _card(number: int, what: str, kind: str = "plain") -> Markup:
    return tag("li", tag("b", f"{number:,}"), " ", tag("span", what), class_=f"card {kind}{' none' * (not number)}")


def _word(severity: Severity, number: int) -> str:
    one, many, _ = _WORDS[severity]
    return one if number == 1 else many


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _toolbar(files: Sequence[FilePart], groups: Sequence[Group]) -> Markup:
    counts = Counter(part.diagnostic.severity for file in files for part in file.findings)
    boxes = [
        tag(
            "label",
            tag("input", type="checkbox", name="severity", value=severity.value, checked=True),
            f" {_WORDS[severity][1]} ",
            tag("span", counts[severity], class_="count"),
            class_=f"chip {severity.value}",
            title=_WORDS[severity][2],
        )
        for severity in Severity
        if counts[severity]
    ]
    options = [tag("option", "All rules", value="")]
    options += [
        tag("option", f"{group.code} {group.name} ({len(group.findings)})", value=group.code)
        for group in sorted(groups, key=lambda group: group.code)
    ]
    links = [tag("a", name, href=f"#{name.lower()}") for name in ("Findings", "Rules", "Models")]
    form = tag(
        "form",
        tag("fieldset", tag("legend", "Severity"), boxes),
        tag("label", tag("span", "Rule", class_="unseen"), tag("select", options, name="code")),
        tag(
            "label",
            tag("span", "Search", class_="unseen"),
            tag(
                "input", type="search", name="q", placeholder="Search (press /)", autocomplete="off", spellcheck="false"
            ),
        ),
        tag("button", "Reset", type="reset"),
        tag("output", "", id="shown", aria_live="polite"),
        id="filters",
        role="search",
    )
    return tag("div", tag("nav", links, aria_label="Sections"), form, class_="toolbar")


# -- findings -------------------------------------------------------------------------------------------------------


def _findings(files: Sequence[FilePart]) -> Markup:
    with_findings = [file for file in files if file.findings]
    clean = [file.filename for file in files if not file.findings]
    rest = None
    if clean:
        rest = tag(
            "details",
            tag("summary", f"{_counted(len(clean), 'file')} without findings"),
            tag("ul", [tag("li", tag("code", name)) for name in clean]),
        )
    nothing = None if with_findings else tag("p", "No findings.", class_="nothing")
    hidden = tag("p", "No finding passes the filters.", class_="nothing", id="nothing", hidden=True)
    return tag("section", tag("h2", "Findings"), nothing, hidden, map(_file, with_findings), rest, id="findings")


def _file(file: FilePart) -> Markup:
    counts = Counter(part.diagnostic.severity for part in file.findings)
    badges = [
        tag("span", f"{counts[severity]} {_word(severity, counts[severity])}", class_=f"badge {severity.value}")
        for severity in Severity
        if counts[severity]
    ]
    models = None
    if file.models:
        links = [tag("a", model.table.variable or model.table.name, href=f"#{model.anchor}") for model in file.models]
        models = tag("p", "Models: ", [[", " * bool(number), link] for number, link in enumerate(links)], class_="see")
    part = None
    if file.report.incomplete is not None:
        part = tag("p", f"Analysed in part: {file.report.incomplete}.", class_="see")
    heading = tag("h3", tag("code", file.filename), " ", tag("span", badges, class_="badges"))
    return tag("section", heading, part, models, map(_finding, file.findings), class_="file", data_name=file.filename)


def _finding(part: FindingPart) -> Markup:
    found = part.diagnostic
    fix = None
    if found.fix is not None:
        command = "--fix" if found.fix.applicability is Applicability.SAFE else "--fix --unsafe-fixes"
        fix = tag("p", tag("b", "Fix: "), found.fix.message, " (", tag("code", command), ")", class_="fix")
    head = tag(
        "div",
        tag("a", found.code, class_=f"code {found.severity.value}", href=f"#rule-{found.code}"),
        tag("span", found.severity.value, class_="unseen"),
        tag("span", found.name, class_="name"),
        tag("a", _place(part), class_="place", href=f"#{part.anchor}"),
        class_="head",
    )
    return tag(
        "article",
        head,
        tag("p", _with_code(found.message), class_="message"),
        _excerpt(part.rows) if part.rows else None,
        _related(found),
        tag("p", _with_code(found.help), class_="help") if found.help else None,
        fix,
        class_=f"finding {found.severity.value}",
        id=part.anchor,
        tabindex=-1,
        data_severity=found.severity.value,
        data_code=found.code,
    )


def _related(found: Diagnostic) -> Markup | None:
    """The other places of a finding."""
    items = []
    for place in found.related:
        file = "" if place.filename == found.filename else f"{place.filename}, "
        cell = f"cell {place.cell}, " if place.cell is not None else ""
        items.append(tag("li", f"{file}{cell}line {place.span.start.row}: ", _with_code(place.message)))
    return tag("ul", items, class_="related") if items else None


def _place(part: FindingPart) -> str:
    found = part.diagnostic
    cell = f"cell {found.cell}, " if found.cell is not None else ""
    return f"{cell}line {found.span.start.row}, column {found.span.start.column}"


def _with_code(text: str) -> list[Markup | str]:
    """Text in which backquotes set code apart."""
    return [tag("code", piece) if number % 2 else piece for number, piece in enumerate(text.split("`"))]


def _excerpt(rows: Sequence[Row]) -> Markup:
    lines = [
        tag("span", tag("span", row.number, class_="no"), tag("span", map(_piece, row.pieces), "\n"), class_="row")
        for row in rows
    ]
    return tag("pre", tag("code", lines), tabindex=0)


def _piece(piece: tuple[str, str, bool]) -> Markup:
    text, kind, marked = piece
    inner = tag("span", text, class_=kind) if kind else join(text)
    return tag("mark", inner) if marked else inner


# -- rules ----------------------------------------------------------------------------------------------------------


def _rules(groups: Sequence[Group]) -> Markup | None:
    if not groups:
        return None
    return tag("section", tag("h2", "Rules"), map(_rule, groups), id="rules")


def _rule(group: Group) -> Markup:
    from kerascheck.rules.registry import find_rule

    files = dict.fromkeys(part.diagnostic.filename for part in group.findings)
    count = len(group.findings)
    where = (
        f"{count} {'finding' if count == 1 else 'findings'} in {len(files)} {'file' if len(files) == 1 else 'files'}"
    )
    places = [
        tag("li", tag("a", part.diagnostic.filename, ", ", _place(part), href=f"#{part.anchor}"), data_for=part.anchor)
        for part in group.findings
    ]
    rule = find_rule(group.code)
    summary = tag(
        "summary",
        tag("span", group.code, class_=f"code {group.severity.value}"),
        " ",
        tag("b", group.name),
        " ",
        tag("span", where, class_="where"),
    )
    docs = tag("div", Markup(visible(rule_docs(rule))), class_="docs") if rule is not None else None
    return tag(
        "details",
        summary,
        docs,
        tag("h4", "Found in"),
        tag("ul", places, class_="places"),
        class_="rule",
        id=f"rule-{group.code}",
        data_code=group.code,
    )


def rule_docs(rule: Rule) -> str:
    """The documentation of a rule as HTML."""
    from markdown_it import MarkdownIt

    text = _ADDRESS.sub(r"<\g<0>>", inspect.cleandoc(rule.__doc__ or "")).replace("\n## ", "\n#### ")
    return str(MarkdownIt("commonmark", {"html": False}).render(text))


# -- models ---------------------------------------------------------------------------------------------------------


def _models(files: Sequence[FilePart]) -> Markup | None:
    models = [model for file in files for model in file.models]
    if not models:
        return None
    shown = len(models) <= _MANY_MODELS
    return tag("section", tag("h2", "Models"), [_model(model, shown) for model in models], id="models")


def _model(model: ModelPart, shown: bool) -> Markup:
    table = model.table
    name = f'{table.variable} ("{table.name}")' if table.variable is not None else table.name
    findings = {part.anchor: part for parts in (*model.pinned, model.notes) for part in parts}
    summary = tag(
        "summary",
        tag("b", name),
        " ",
        tag("span", table.cls, class_="where"),
        " ",
        tag("span", f"{table.totals[0][1]} parameters", class_="where"),
        " ",
        tag("span", table.status, class_=f"badge {table.status}"),
        tag("span", _counted(len(findings), "finding"), class_="badge warning") if findings else None,
        tag("code", table.place, class_="place"),
    )
    notes = [tag("li", _code_link(part), " ", _with_code(part.diagnostic.message)) for part in model.notes]
    picture = None
    if model.svg is not None:
        drawn = tag("div", Markup(visible(model.svg)), class_="scroll", tabindex=0, role="region", aria_label=name)
        picture = tag("figure", drawn)
        if len(table.rows) > _MANY_LAYERS:
            picture = tag("details", tag("summary", f"Picture of {len(table.rows)} layers"), picture)
    return tag(
        "details",
        summary,
        tag("p", f"{table.status}: {table.reason}", class_="see") if table.reason else None,
        tag("p", f"help: {table.advice}", class_="see") if table.advice else None,
        tag("p", _with_code(model.note), class_="see") if model.note else None,
        tag("ul", notes, class_="notes") if notes else None,
        tag("div", picture, _table(model), class_="sides"),
        class_="model",
        id=model.anchor,
        open=shown,
    )


def _code_link(part: FindingPart) -> Markup:
    found = part.diagnostic
    return tag("a", found.code, class_=f"code {found.severity.value}", href=f"#{part.anchor}")


def _table(model: ModelPart) -> Markup:
    table = model.table
    has_costs = table.costs is not None
    costs = ["Multiply-adds", "Activations"] if has_costs else []
    titles = ["Layer", "Output shape", "Parameters", *costs, *(["Connected to"] if table.graph else []), "Findings"]
    if not any(model.pinned):
        titles.pop()
    rows = []
    for row, parts in zip(table.rows, model.pinned, strict=True):
        cells = [
            tag(
                "th",
                row.name,
                " ",
                tag("span", row.cls, class_="where"),
                tag("span", " frozen", class_="frozen") if row.frozen else None,
                scope="row",
            ),
            tag("td", row.shape, title=row.mark),
            tag("td", row.params, class_="number", title=row.mark),
            *(tag("td", text, class_="number") for text in row.cost or (("-", "-") if has_costs else ())),
        ]
        if table.graph:
            cells.append(tag("td", row.connected))
        if any(model.pinned):
            cells.append(tag("td", [[_code_link(part), " "] for part in parts]))
        rows.append(tag("tr", cells))
    totals = [
        tag(
            "tr",
            tag("th", f"{title} parameters", scope="row", colspan=2),
            tag("td", f"{count}{size}", class_="number", colspan=len(titles) - 2),
        )
        for title, count, size in table.totals
    ]
    for title, text in table.costs or ():
        part = "part" if title.startswith(" ") else None
        heading = tag("th", title.strip(), scope="row", colspan=2, class_=part)
        totals.append(tag("tr", heading, tag("td", text, class_="number", colspan=len(titles) - 2)))
    if table.not_counted:
        reasons = [*table.not_counted[:_MAX_REASONS], *(["..."] if len(table.not_counted) > _MAX_REASONS else [])]
        heading = tag("th", "Not counted, so that these are lower bounds", scope="row", colspan=2)
        totals.append(tag("tr", heading, tag("td", "; ".join(reasons), colspan=len(titles) - 2)))
    head = tag("thead", tag("tr", [tag("th", title, scope="col") for title in titles]))
    body = tag("table", head, tag("tbody", rows), tag("tfoot", totals))
    return tag("div", body, class_="scroll", tabindex=0, role="region", aria_label=f"Layers of {table.name}")
