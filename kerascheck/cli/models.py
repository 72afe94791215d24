"""The commands about models: `summary`, `verify` and `graph`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kerascheck.cli.common import (
    FOUND,
    OK,
    STDIN,
    Failure,
    analyse_each,
    analyse_file,
    analyse_text,
    check_format,
    read_stdin,
    settings_of,
    wants_colour,
    write_output,
)
from kerascheck.text.escaping import as_json, say

if TYPE_CHECKING:
    from kerascheck.configuration.config import Resolver
    from kerascheck.diagnostics import Diagnostic
    from kerascheck.machine import Analysis
    from kerascheck.project.source import Source


def summarize(
    resolver: Resolver,
    paths: Sequence[Path],
    output_format: str,
    stream: TextIO,
    stdin_filename: str | None = None,
    color: str | None = None,
    batch: int | None = None,
    dtype: str | None = None,
) -> int:
    """`kerascheck summary`: the models of files and folders, as tables or as JSON; the exit status.

    Args:
        paths: the files and folders.
        output_format: table or json.
        stream: where the models are written.
        batch: the samples of a batch, where it is asked what the models cost.
        dtype: what they compute in, if that is not to be what each layer says.

    Raises:
        Failure: a path does not exist, or there is no such format.
    """
    from kerascheck.views.cost import DTYPES
    from kerascheck.views.summary import summarize, with_cost

    check_format(output_format, ("table", "json"))
    if dtype is not None and batch is None:
        raise Failure("--dtype is about the cost: give --cost, too")
    if dtype is not None and dtype not in DTYPES:
        raise Failure(f"{dtype!r} is not a dtype of this command: {', '.join(DTYPES[:-1])} or {DTYPES[-1]}")
    from kerascheck.views.tables import Table, table_of, write_table

    rows: list[dict[str, object]] = []
    tables: list[Table] = []

    def use(source: Source, analysis: Analysis) -> None:
        models = summarize(source, analysis)
        if batch is not None:
            models = [with_cost(model, analysis.paths, batch, dtype) for model in models]
        if output_format == "json":
            rows.extend([model.as_dict() for model in models])
        else:
            tables.extend([table_of(model) for model in models])

    status = analyse_each(paths, resolver, use, stdin_filename=stdin_filename)
    if output_format == "json":
        stream.write(as_json(rows, stream) + "\n")
    else:
        for table in tables:
            write_table(table, stream, wants_colour(stream, color or "auto"))
        if not tables and status == OK:
            stream.write("No models found.\n")
    return status


def verify(
    resolver: Resolver, paths: Sequence[Path], output_format: str, stream: TextIO, stdin_filename: str | None = None
) -> int:
    """`kerascheck verify`: the exact networks of files and folders against the real Keras; the exit status.

    Raises:
        Failure: a path does not exist, there is no such format, or no Keras.
    """
    from kerascheck.verify.verify import NoKeras, Verdict, import_keras, write_json, write_text
    from kerascheck.verify.verify import verify as verify_source

    check_format(output_format, ("text", "json"))
    try:
        keras = import_keras()
    except NoKeras as error:
        raise Failure(str(error)) from None
    verdicts: list[Verdict] = []
    status = analyse_each(
        paths,
        resolver,
        lambda source, analysis: verdicts.extend(verify_source(source, analysis, keras)),
        limited=False,
        stdin_filename=stdin_filename,
    )
    (write_json if output_format == "json" else write_text)(verdicts, stream)
    if status == OK and any(verdict.result == "differs" for verdict in verdicts):
        return FOUND
    return status


#: The formats of `kerascheck graph`, by the endings of files.
_KINDS = {".mmd": "mermaid", ".svg": "svg", ".html": "html", ".png": "png"}


def graph(
    resolver: Resolver,
    path: Path,
    output: Path | None,
    output_format: str | None,
    name: str | None,
    stream: TextIO,
    stdin_filename: str | None = None,
) -> int:
    """`kerascheck graph`: one model of a file as a picture; the exit status.

    Raises:
        Failure: there is no such file, model or format, or a package is missing.
    """
    from kerascheck.views import drawing
    from kerascheck.views.graph import Architecture, architecture, sites_of
    from kerascheck.views.summary import summarize
    from kerascheck.workers.supervision import on_file

    if output is not None and str(output) == STDIN:
        output = None
    if output_format is not None:
        check_format(output_format, tuple(_KINDS.values()))
    elif output is not None and output.suffix.lower() not in _KINDS:
        raise Failure(f"{output}: the format is taken from the ending: .svg, .png, .html or .mmd")
    kind = output_format or _KINDS[output.suffix.lower() if output is not None else ".mmd"]
    pictures: list[Architecture] = []

    def draw(source: Source, analysis: Analysis, findings: list[Diagnostic]) -> None:
        every = summarize(source, analysis)
        models = [model for model in every if name is None or name in (model.name, model.network.name)]
        for model in models[-1:]:
            sites = sites_of(model.network, analysis.paths) if len(every) > 1 else None
            pictures.append(architecture(model, model.network, source, findings, sites))
        others = dict.fromkeys(f"{model.name}" for model in models if model.name not in (None, models[-1].name))
        if others and name is None:
            say("kerascheck", f"drawn: {models[-1].name}; --model draws another: {', '.join(others)}")

    filename = str(path)
    if filename == STDIN:
        filename = stdin_filename or "<stdin>"
        settings = settings_of(Path(stdin_filename) if stdin_filename else Path.cwd(), resolver)
        problem = analyse_text(filename, read_stdin(filename), settings, draw, examine=True)
    else:
        settings = settings_of(path, resolver)
        problem = analyse_file(filename, settings, draw, examine=True)
    if problem is not None:
        raise Failure(problem)
    if not pictures:
        raise Failure(f"{filename}: no model" + (f" called {name}" if name is not None else ""))
    try:
        with on_file(filename, settings.budget):
            if kind == "png":
                content = drawing.png(pictures[0])
            else:
                render = {"mermaid": drawing.mermaid, "svg": drawing.svg, "html": drawing.html}[kind]
                content = render(pictures[0]).encode()
    except drawing.MissingPackage as error:
        raise Failure(str(error)) from None
    except Exception as error:
        from kerascheck.crashes import internal_error

        raise Failure(f"{path}: {internal_error('drawing', error)}") from None
    if output is None and kind == "png":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    elif output is None:
        stream.write(content.decode())
    else:
        write_output(output, content)
    return OK
