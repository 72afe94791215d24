"""The command line: reads arguments, calls the commands (a module for each), nothing else."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from typer.core import TyperGroup

from kerascheck import __version__
from kerascheck.reporters.base import OUTPUT_FORMATS
from kerascheck.runtime import safe_path
from kerascheck.text.escaping import say


class _CheckByDefault(TyperGroup):
    """`kerascheck PATH...` is `kerascheck check PATH...`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {option for parameter in self.get_params(ctx) for option in parameter.opts}
        if args and args[0] not in self.commands and args[0] not in own:
            args = ["check", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="kerascheck",
    cls=_CheckByDefault,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A type checker and linter for Keras programs. `kerascheck PATH...` is short for `kerascheck check PATH...`.",
)

_Codes = Optional[list[str]]  # noqa: UP045 (typer evaluates it, on Python 3.10 too)
_Config = Annotated[Optional[Path], typer.Option("--config", help="Use this configuration file.")]  # noqa: UP045
_Isolated = Annotated[bool, typer.Option("--isolated", help="Ignore all configuration files.")]
_Select = Annotated[_Codes, typer.Option(help="Codes, prefixes or names to report, with commas; ALL for all.")]
_Ignore = Annotated[_Codes, typer.Option(help="Codes, prefixes or names not to report.")]
_Extend = Annotated[_Codes, typer.Option(help="Codes, prefixes or names to report besides the others.")]


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"kerascheck {__version__}")
        raise typer.Exit


@app.command()
def check(
    paths: Annotated[Optional[list[Path]], typer.Argument(help="Files and folders; - is stdin.")] = None,  # noqa: UP045
    select: _Select = None,
    ignore: _Ignore = None,
    extend_select: _Extend = None,
    exclude: Annotated[_Codes, typer.Option(help="Patterns of files and folders to leave out.")] = None,
    extend_exclude: Annotated[_Codes, typer.Option(help="More patterns to leave out.")] = None,
    force_exclude: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--force-exclude/--no-force-exclude", help="Leave out excluded files even if they are named."),
    ] = None,
    fix: Annotated[Optional[bool], typer.Option("--fix/--no-fix", help="Apply safe fixes.")] = None,  # noqa: UP045
    unsafe_fixes: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--unsafe-fixes/--no-unsafe-fixes", help="Apply, or show, unsafe fixes too."),
    ] = None,
    fixable: Annotated[_Codes, typer.Option(help="Codes, prefixes or names of the rules to fix.")] = None,
    unfixable: Annotated[_Codes, typer.Option(help="Codes, prefixes or names of the rules not to fix.")] = None,
    fix_only: Annotated[bool, typer.Option("--fix-only", help="Apply fixes, and report nothing that is left.")] = False,
    show_fixes: Annotated[bool, typer.Option("--show-fixes", help="Say which findings were fixed.")] = False,
    exit_non_zero_on_fix: Annotated[
        bool, typer.Option("--exit-non-zero-on-fix", help="Exit with 1 if anything was fixed.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")] = False,
    output_format: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help=f"{', '.join(OUTPUT_FORMATS[:-1])} or {OUTPUT_FORMATS[-1]}."),
    ] = None,
    output_file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--output-file", "-o", help="Write the findings to this file."),
    ] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count the findings of each code.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 even if there are findings.")] = False,
    baseline: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Report only findings that are not in this file; see --write-baseline."),
    ] = None,
    no_baseline: Annotated[
        bool, typer.Option("--no-baseline", help="Use no baseline, whatever is configured.")
    ] = False,
    write_baseline: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Record all present findings in this file, and report none."),
    ] = None,
    diff_base: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Report only findings on lines changed since this git revision.", metavar="REV"),
    ] = None,
    budget: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(help="The work that one file may cost, in seconds of a slow core (default: 2)."),
    ] = None,
    read_data: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--read-data/--no-read-data", help="Read headers, rows and classes of data beside a program."),
    ] = None,
    target: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The Keras that the programs are written for (default: auto, which looks for evidence)."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Check again whenever a file changes.")] = False,
    stdin_filename: Annotated[Optional[str], typer.Option(help="The name of what stdin holds.")] = None,  # noqa: UP045
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0: as the work needs.")] = 0,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Neither use nor keep earlier results.")] = False,
    config: _Config = None,
    isolated: _Isolated = False,
) -> None:
    """Check files and folders. Exit status: 0 nothing found, 1 findings, 2 an error."""
    from kerascheck.cli.check import check as check_files
    from kerascheck.cli.common import CheckOptions
    from kerascheck.configuration.config import Overrides

    overrides = Overrides(
        select=_split(select) if select else None,
        ignore=_split(ignore),
        extend_select=_split(extend_select),
        exclude=_split(exclude) if exclude else None,
        extend_exclude=_split(extend_exclude),
        force_exclude=force_exclude,
        output_format=output_format,
        fix=True if fix_only else fix,
        unsafe_fixes=unsafe_fixes,
        fixable=_split(fixable) if fixable else None,
        unfixable=_split(unfixable),
        budget=budget,
        read_data=read_data,
        target=target,
        baseline="" if no_baseline else str(baseline) if baseline is not None else None,
    )
    options = CheckOptions(
        paths=tuple(paths or [Path()]),
        overrides=overrides,
        config=config,
        isolated=isolated,
        diff=diff,
        fix_only=fix_only,
        show_fixes=show_fixes,
        exit_non_zero_on_fix=exit_non_zero_on_fix,
        statistics=statistics,
        exit_zero=exit_zero,
        stdin_filename=stdin_filename,
        jobs=jobs,
        no_cache=no_cache,
        output_file=output_file,
        write_baseline=write_baseline,
        diff_base=diff_base,
        watch=watch,
    )
    raise typer.Exit(_run(lambda: check_files(options)))


@app.command()
def summary(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    output_format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    cost: Annotated[bool, typer.Option("--cost", help="Show multiply-adds and what training takes in memory.")] = False,
    batch_size: Annotated[int, typer.Option(min=1, help="The samples of a batch, for --cost.")] = 32,
    dtype: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Compute the cost in this dtype, such as float16 or mixed_float16."),
    ] = None,
    isolated: _Isolated = False,
) -> None:
    """Show the layers, shapes and parameter counts of all models, without running anything."""

    from kerascheck.cli.models import summarize

    batch = batch_size if cost else None
    raise typer.Exit(_run(lambda: summarize(paths, output_format, isolated, sys.stdout, batch, dtype), True))


@app.command()
def explain(
    message: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(help="A file with a traceback, a message in quotes, or - for stdin.", show_default=False),
    ] = None,
    script: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(help="The program or notebook that failed.", show_default=False),
    ] = None,
    output_format: Annotated[str, typer.Option(help="text or json.")] = "text",
    config: _Config = None,
    isolated: _Isolated = False,
) -> None:
    """Explain an error message: the row, the shapes there, what it means, and what to do.

    python train.py 2>&1 | kerascheck explain

    Your code is not run. Exit status: 0 explained, 1 not understood, 2 an error.
    """
    from kerascheck.cli import explain as command

    asked: list[command.Question] = []  # read here once, since what follows may be begun again
    status = _run(lambda: asked.append(command.question(message, script)))
    raise typer.Exit(
        status or _run(lambda: command.explain(asked[0], output_format, sys.stdout, config, isolated), True)
    )


@app.command()
def verify(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    output_format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    isolated: _Isolated = False,
) -> None:
    """Rebuild all exact networks in the installed Keras and compare shapes and parameter counts.

    Your code is not run. Exit status: 0 no difference, 1 differences, 2 an error. Needs the extra `tensorflow`, or any
    Keras 3 with a backend.
    """

    from kerascheck.cli.models import verify as verify_models

    raise typer.Exit(_run(lambda: verify_models(paths, output_format, isolated, sys.stdout), True))


@app.command()
def diff(
    paths: Annotated[Optional[list[Path]], typer.Argument(help="Two files or folders; with --base, any.")] = None,  # noqa: UP045
    base: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Compare with this git revision.", metavar="REV"),
    ] = None,
    output_format: Annotated[str, typer.Option("--format", help="text, json or markdown.")] = "text",
    isolated: _Isolated = False,
) -> None:
    """Show what has changed in the models: layers, shapes, parameters, compile and fit.

    Your code is not run. Exit status: 0 no difference, 1 differences, 2 an error.
    """
    from kerascheck.cli.diff import diff as compare

    raise typer.Exit(_run(lambda: compare(paths or [], base, output_format, isolated, sys.stdout), True))


@app.command()
def annotate(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    write: Annotated[bool, typer.Option("--write", help="Change the files (default: show what would change).")] = False,
    isolated: _Isolated = False,
) -> None:
    """Write output shapes and parameters as comments behind layers, and keep them true.

    Nothing but these comments changes. Exit status: 0 all are true, 1 something would change, 2 an error.
    """
    from kerascheck.cli.annotate import annotate as write_comments

    raise typer.Exit(_run(lambda: write_comments(paths, write, isolated)))


@app.command()
def graph(
    path: Annotated[Path, typer.Argument(help="A file.")],
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--output", "-o", help="Write to this file: .svg, .png, .html or .mmd (default: Mermaid on stdout)."
        ),
    ] = None,
    model: Annotated[Optional[str], typer.Option(help="The variable or the name of the model.")] = None,  # noqa: UP045
    isolated: _Isolated = False,
) -> None:
    """Draw a model: its layers with shapes and parameters, and what check finds, marked."""

    from kerascheck.cli.models import graph as graph_models

    raise typer.Exit(_run(lambda: graph_models(path, output, model, isolated, sys.stdout), True))


@app.command()
def report(
    paths: Annotated[Optional[list[Path]], typer.Argument(help="Files and folders.")] = None,  # noqa: UP045
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the page to this file; - is stdout.")] = Path(
        "kerascheck-report.html"
    ),
    title: Annotated[Optional[str], typer.Option(help="The heading of the page.")] = None,  # noqa: UP045
    select: _Select = None,
    ignore: _Ignore = None,
    extend_select: _Extend = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0: as the work needs.")] = 0,
    config: _Config = None,
    isolated: _Isolated = False,
) -> None:
    """Write one HTML page with all findings, their lines, and all models drawn. It needs nothing but a browser."""
    from kerascheck.cli.common import CheckOptions
    from kerascheck.cli.report import write_report
    from kerascheck.configuration.config import Overrides

    overrides = Overrides(_split(select) if select else None, _split(ignore), _split(extend_select))
    options = CheckOptions(
        paths=tuple(paths or [Path()]), overrides=overrides, config=config, isolated=isolated, jobs=jobs
    )
    raise typer.Exit(_run(lambda: write_report(options, output, title, sys.stdout)))


@app.command()
def migrate(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    came_from: Annotated[
        str, typer.Option("--from", help="The Keras that the programs are written for: auto, keras1, keras2, tf-keras.")
    ] = "auto",
    to: Annotated[str, typer.Option("--to", help="The Keras that they are to run with: keras3.")] = "keras3",
    write: Annotated[bool, typer.Option("--write", help="Change the files (default: show what would change).")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing but a patch to stdout.")] = False,
    report: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Write what is done and what is left to this file: .html, .md or .json."),
    ] = None,
    to_keras: Annotated[bool, typer.Option("--to-keras", help="Turn tf.keras to keras.")] = False,
    backend_neutral: Annotated[
        bool,
        typer.Option("--backend-neutral", help="Turn functions of tf and of keras.backend on tensors to keras.ops."),
    ] = False,
    mark: Annotated[bool, typer.Option("--mark", help="Write a comment above what is left to do by hand.")] = False,
    config: _Config = None,
    isolated: _Isolated = False,
) -> None:
    """Bring programs of Keras 1, Keras 2 and tf.keras to Keras 3.

    Exit status: 0 nothing is left to do, 1 something is, 2 an error.
    """
    from kerascheck.cli.migrate import MigrateOptions
    from kerascheck.cli.migrate import migrate as run

    options = MigrateOptions(
        tuple(paths), came_from, to, write, diff, report, to_keras, backend_neutral, mark, config, isolated
    )
    raise typer.Exit(_run(lambda: run(options, sys.stdout), True))


@app.command()
def rule(code: Annotated[str, typer.Argument(help="A code (KC103) or a name.")]) -> None:
    """Explain a rule."""

    from kerascheck.cli.rules import explain_rule

    raise typer.Exit(_run(lambda: explain_rule(code, sys.stdout)))


@app.command()
def rules(output_format: Annotated[str, typer.Option(help="table or json.")] = "table") -> None:
    """List all rules."""

    from kerascheck.cli.rules import list_rules

    raise typer.Exit(_run(lambda: list_rules(output_format, sys.stdout)))


@app.command()
def config(
    path: Annotated[Path, typer.Argument(help="The file or folder whose settings are shown.")] = Path(),
    select: _Select = None,
    ignore: _Ignore = None,
    extend_select: _Extend = None,
    config: _Config = None,
    isolated: _Isolated = False,
    target: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The Keras that the programs are written for (default: auto, which looks for evidence)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the settings in force and where each comes from; of a file, for which Keras it is written, and why."""
    from kerascheck.cli.show_config import show_config
    from kerascheck.configuration.config import Overrides

    def show() -> None:
        overrides = Overrides(_split(select) if select else None, _split(ignore), _split(extend_select), target=target)
        show_config(path, overrides, config, isolated, sys.stdout, as_json)

    raise typer.Exit(_run(show))


@app.command()
def lsp(
    stdio: Annotated[bool, typer.Option("--stdio", help="Use standard input and output (as it always does).")] = True,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log what is received and sent to stderr.")] = False,
) -> None:
    """Run the language server, for editors, on standard input and output. Needs the extra `lsp`."""
    from kerascheck.cli.editor import serve_editor

    raise typer.Exit(_run(lambda: serve_editor(verbose)))


def _split(values: list[str] | None) -> tuple[str, ...]:
    """Each value may hold several, parted by commas."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())


#: Whether this process is a program of its own, whose output a copy of it may write.
_is_program = False


def _run(command: Callable[[], int | None], in_copy: bool = False) -> int:
    """The exit status of a command; what goes wrong is said in one line.

    Args:
        command: what to do.
        in_copy: whether it is to be done in another process, which this one watches.
    """
    from kerascheck.cli.common import FAILED, Failure
    from kerascheck.errors import ConfigError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names and messages that the terminal cannot show
    if in_copy and _is_program:
        from kerascheck.workers import supervision

        try:
            return supervision.in_copy(lambda: _run(command))
        except KeyboardInterrupt:
            return 130
    try:
        return command() or 0
    except (Failure, ConfigError) as failure:
        say("kerascheck: error", str(failure))
        return FAILED
    except KeyboardInterrupt:
        return 130


def main() -> None:
    """The entry point."""
    if sys.argv[1:] == ["--version"]:
        print(f"kerascheck {__version__}")  # asked for by tools, so without building the commands
        return
    global _is_program
    _is_program = True
    with safe_path.own_imports():  # the environment may have put the current folder on the path
        app()
