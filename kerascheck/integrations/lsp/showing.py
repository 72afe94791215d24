"""Models as Markdown, for hovers and for the answers to commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerascheck.summary import why_inexact
from kerascheck.tables import count_text, is_graph, rows_of, shapes_text

if TYPE_CHECKING:
    from kerascheck.summary import ModelSummary

#: Rows of a table in Markdown; no hover shows more.
_MAX_ROWS = 400


def model_markdown(model: ModelSummary) -> str:
    """The summary of a model: a title, the table of its layers, the totals, and why it is not exact."""
    network = model.network
    graph = is_graph(network)
    heads = ["Layer (type)", "Output shape", "Param #", *(["Connected to"] if graph else [])]
    lines = [
        f"**{_escape(model.name or network.name)}** ({model.cls}, {model.status})"
        + (f" `{shapes_text(model.input_shape)}` → `{shapes_text(model.output_shape)}`" if model.output_shape else ""),
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
        lines.append(f"| {' | '.join(map(_escape, cells))} |")
    if len(rows) > _MAX_ROWS:
        lines.append(f"| … {len(rows) - _MAX_ROWS} more | | |{' |' if graph else ''}")
    lines += [
        "",
        f"Total params: {_escape(count_text(model.total_params))}  ",
        f"Trainable params: {_escape(count_text(model.trainable_params))}  ",
        f"Non-trainable params: {_escape(count_text(model.non_trainable_params))}",
    ]
    reason = why_inexact(network) if model.status != "exact" else None
    if reason is not None:
        lines += ["", _escape(f"{model.status}: {reason}")]
    lines += ["", *(f"{_escape(f'*{number} {reason}')}  " for reason, number in notes.items())]
    return "\n".join(lines).rstrip() + "\n"


def _escape(text: str) -> str:
    """Text that means nothing to Markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_|<>[]" else letter for letter in text)
