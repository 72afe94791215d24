"""Models as tables, in the manner of `model.summary()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from kerascheck.summary import Count, LayerRow, ModelSummary, Shapes

_HEADER = ("line", "layer", "output shape", "params")
_UNKNOWN = "?"


def model_table(model: ModelSummary, stream: TextIO, colour: bool) -> None:
    """Write one model: coloured with rules around it on a terminal, plain columns elsewhere."""
    cell = f"cell {model.cell}:" if model.cell is not None else ""
    title = f"{model.filename}:{cell}{model.row} {model.name or _UNKNOWN} ({model.cls}, {model.status})"
    rows = [_row(layer) for layer in model.layers]
    total = (
        f"parameters: {_count(model.total_params)} (trainable {_count(model.trainable_params)}, "
        f"other {_count(model.non_trainable_params)})"
    )
    if colour:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        table = Table(title=escape(title), title_justify="left", caption=escape(total), caption_justify="left")
        for name in _HEADER:
            table.add_column(name, justify="right" if name in ("line", "params") else "left")
        for row in rows:
            table.add_row(*map(escape, row))
        Console(file=stream, highlight=False).print(table)
        return
    widths = [max(map(len, column)) for column in zip(_HEADER, *rows, strict=True)]
    stream.write(title + "\n")
    for line, layer, shape, params in (_HEADER, *rows):
        cells = (line.rjust(widths[0]), layer.ljust(widths[1]), shape.ljust(widths[2]), params.rjust(widths[3]))
        stream.write("  " + "  ".join(cells) + "\n")
    stream.write(f"  {total}\n\n")


def _row(layer: LayerRow | None) -> tuple[str, str, str, str]:
    if layer is None:
        return ("", _UNKNOWN, _UNKNOWN, _UNKNOWN)
    frozen = ", frozen" if layer.trainable is False and layer.params else ""
    line = str(layer.row) if layer.row is not None else ""
    return (line, f"{layer.name or _UNKNOWN} ({layer.cls}{frozen})", _shapes(layer.output_shape), _count(layer.params))


def _count(count: Count) -> str:
    return _UNKNOWN if count is None else f"{count:,}" if isinstance(count, int) else count


def _shapes(shapes: Shapes) -> str:
    if shapes is None:
        return _UNKNOWN
    return ", ".join(map(_shape, shapes)) if shapes and isinstance(shapes[0], list) else _shape(shapes)


def _shape(shape: list[Any]) -> str:
    inner = ", ".join(str(dim) for dim in shape)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"
