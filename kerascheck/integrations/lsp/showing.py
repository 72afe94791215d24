"""Models as Markdown, for hovers and for the answers to commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerascheck.placing import why_unclear
from kerascheck.text.escaping import markdown, markdown_code
from kerascheck.views.cost import lines_of
from kerascheck.views.tables import count_text, is_graph, rows_of, shapes_text

if TYPE_CHECKING:
    from kerascheck.views.summary import ModelSummary

#: Rows of a table in Markdown; no hover shows more.
_MAX_ROWS = 400


def model_markdown(model: ModelSummary) -> str:
    """The summary of a model: a title, the table of its layers, the totals, and why it is not exact."""
    network = model.network
    graph = is_graph(network)
    heads = ["Layer (type)", "Output shape", "Param #", *(["Connected to"] if graph else [])]
    lines = [
        _title(model),
        "",
        f"| {' | '.join(heads)} |",
        f"| --- | --- | ---: |{' --- |' if graph else ''}",
    ]
    rows = list(rows_of(network))
    notes: dict[str, int] = {}
    for row in rows[:_MAX_ROWS]:
        mark = f" *{notes.setdefault(row.mark, len(notes) + 1)}" if row.mark is not None else ""
        frozen = ", frozen" if row.frozen else ""
        cells = [f"{row.name} ({row.cls}{frozen}){mark}", row.shape, row.params, *([row.connected] if graph else [])]
        lines.append(f"| {' | '.join(map(markdown, cells))} |")
    if len(rows) > _MAX_ROWS:
        lines.append(f"| … {len(rows) - _MAX_ROWS} more | | |{' |' if graph else ''}")
    lines += [
        "",
        f"Total params: {markdown(count_text(model.total_params))}  ",
        f"Trainable params: {markdown(count_text(model.trainable_params))}  ",
        f"Non-trainable params: {markdown(count_text(model.non_trainable_params))}",
    ]
    if model.cost is not None:
        lines += ["", *(f"{markdown(f'{title.strip()}: {text}')}  " for title, text in lines_of(model.cost))]
        if model.cost.missing:
            lines += ["", markdown(f"a lower bound, not counted: {model.cost.missing[0]}")]
    unclear = why_unclear(network, model.filename) if model.status != "exact" else None
    if unclear is not None:
        lines += ["", f"{markdown(f'{model.status}: {unclear.why}')}  ", markdown(f"help: {unclear.advice}")]
    lines += ["", *(f"{markdown(f'*{number} {reason}')}  " for reason, number in notes.items())]
    return "\n".join(lines).rstrip() + "\n"


def _title(model: ModelSummary) -> str:
    name = f"**{markdown(model.name or model.network.name)}** ({markdown(model.cls)}, {model.status})"
    if not model.output_shape:
        return name
    shapes = (shapes_text(model.input_shape), shapes_text(model.output_shape))
    return f"{name} {' → '.join(map(markdown_code, shapes))}"
