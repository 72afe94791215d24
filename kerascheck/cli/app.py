"""The command line: reads arguments, calls the commands (a module for each), nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kerascheck import __version__
from kerascheck.cli.group import CheckByDefault
from kerascheck.cli.options import (
    CacheDir,
    CameFrom,
    Codes,
    Color,
    Config,
    CostDtype,
    Extend,
    FailedScript,
    FilePaths,
    Flag,
    Ignore,
    Isolated,
    Jobs,
    Message,
    OldAndNew,
    OutputFile,
    Paths,
    PathsOrNone,
    ReportFile,
    RuleCodes,
    Select,
    StdinFilename,
    Target,
    Text,
    Write,
    codes,
    complete,
    flag,
    format_option,
    split_codes,
)
from kerascheck.cli.running import analyse, be_a_program, run_command
from kerascheck.reporters.base import OUTPUT_FORMATS
from kerascheck.runtime import safe_path

app = typer.Typer(
    name="kerascheck",
    cls=CheckByDefault,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain: in 80 columns, frames leave names of options no room
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A type checker and linter for Keras programs. `kerascheck PATH...` is short for `kerascheck check PATH...`.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kerascheck {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command()
def check(
    paths: PathsOrNone = None,
    select: Select = None,
    ignore: Ignore = None,
    extend_select: Extend = None,
    preset: Annotated[
        Text,
        typer.Option(
            help="errors, default, strict or teaching: the rules that are on where nothing else is said.",
            autocompletion=complete("errors", "default", "strict", "teaching"),
            metavar="PRESET",
        ),
    ] = None,
    fail_on: Annotated[
        Text,
        typer.Option(
            help="Exit with 1 from this severity on: error, warning or info.",
            autocompletion=complete("error", "warning", "info"),
            metavar="SEVERITY",
        ),
    ] = None,
    exclude: Annotated[
        Codes, typer.Option(help="Patterns of files and folders to leave out.", metavar="PATTERNS")
    ] = None,
    extend_exclude: Annotated[Codes, typer.Option(help="More patterns to leave out.", metavar="PATTERNS")] = None,
    force_exclude: Annotated[Flag, flag("force-exclude", "Leave out excluded files even if named.")] = None,
    respect_gitignore: Annotated[Flag, flag("respect-gitignore", "Leave out what git ignores.")] = None,
    fix: Annotated[Flag, flag("fix", "Apply safe fixes.")] = None,
    unsafe_fixes: Annotated[Flag, flag("unsafe-fixes", "Apply, or show, unsafe fixes too.")] = None,
    fixable: Annotated[Codes, codes("Codes, prefixes or names of the rules to fix.")] = None,
    unfixable: Annotated[Codes, codes("Codes, prefixes or names of the rules not to fix.")] = None,
    fix_only: Annotated[Flag, flag("fix-only", "Apply fixes, and report nothing that is left.")] = None,
    show_fixes: Annotated[Flag, flag("show-fixes", "Say which findings were fixed.")] = None,
    exit_non_zero_on_fix: Annotated[Flag, flag("exit-non-zero-on-fix", "Exit with 1 if one was fixed.")] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")] = False,
    add_noqa: Annotated[
        bool, typer.Option("--add-noqa", help="Write a # noqa comment for each finding, and report none.")
    ] = False,
    ignore_noqa: Annotated[Flag, flag("ignore-noqa", "Report what comments silence, too.")] = None,
    output_format: Annotated[Text, format_option(*OUTPUT_FORMATS)] = None,
    output_file: Annotated[
        Text, typer.Option("--output-file", "-o", help="Write the findings to this file; - is stdout.", metavar="FILE")
    ] = None,
    color: Color = None,
    statistics: Annotated[Flag, flag("statistics", "Count the findings of each code.")] = None,
    show_unknown: Annotated[Flag, flag("show-unknown", "Say why models are not known, and what helps.")] = None,
    show_files: Annotated[bool, typer.Option("--show-files", help="List the files to check, and check none.")] = False,
    quiet: Annotated[Flag, typer.Option("--quiet/--no-quiet", "-q", help="Print findings and errors only.")] = None,
    verbose: Annotated[
        Flag, typer.Option("--verbose/--no-verbose", "-v", help="Say on stderr which files and settings are used.")
    ] = None,
    exit_zero: Annotated[Flag, flag("exit-zero", "Exit with 0 even if there are findings.")] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(help="Report only findings that are not in this file; see --write-baseline.", metavar="FILE"),
    ] = None,
    no_baseline: Annotated[
        bool, typer.Option("--no-baseline", help="Use no baseline, whatever is configured.")
    ] = False,
    write_baseline: Annotated[
        Path | None, typer.Option(help="Record all present findings in this file, and report none.", metavar="FILE")
    ] = None,
    diff_base: Annotated[
        Text, typer.Option(help="Report only findings on lines changed since this git revision.", metavar="REV")
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            help="The work that one file may cost, in seconds of a slow core (default: 2).", metavar="SECONDS"
        ),
    ] = None,
    read_data: Annotated[Flag, flag("read-data", "Read headers, rows and classes of data near a program.")] = None,
    target: Target = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Check again whenever a file changes.")] = False,
    stdin_filename: StdinFilename = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=0, help="Processes; 0: as the work needs.", metavar="N")
    ] = None,
    cache: Annotated[Flag, flag("cache", "Use and keep earlier results.")] = None,
    cache_dir: CacheDir = None,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Check files and folders. Exit status: 0 nothing found, 1 findings, 2 an error."""
    from kerascheck.cli.check import check as check_files
    from kerascheck.cli.common import CheckOptions, given_settings
    from kerascheck.configuration.config import Overrides

    def run() -> int:
        file, inline = given_settings(config)
        overrides = Overrides(
            select=split_codes(select) if select is not None else None,
            ignore=split_codes(ignore),
            extend_select=split_codes(extend_select),
            exclude=split_codes(exclude) if exclude else None,
            extend_exclude=split_codes(extend_exclude),
            force_exclude=force_exclude,
            respect_gitignore=respect_gitignore,
            output_format=output_format,
            fix=True if fix_only else fix,
            unsafe_fixes=unsafe_fixes,
            fixable=split_codes(fixable) if fixable else None,
            unfixable=split_codes(unfixable),
            budget=budget,
            read_data=read_data,
            target=target,
            baseline="" if no_baseline else str(baseline) if baseline is not None else None,
            preset=preset,
            fail_on=fail_on,
            statistics=statistics,
            show_unknown=show_unknown,
            show_fixes=show_fixes,
            fix_only=fix_only,
            exit_zero=exit_zero,
            exit_non_zero_on_fix=exit_non_zero_on_fix,
            ignore_noqa=ignore_noqa,
            quiet=quiet,
            verbose=verbose,
            color=color,
            jobs=jobs,
            cache=cache,
            cache_dir=cache_dir,
            output_file=output_file,
            diff_base=diff_base,
            inline=inline,
        )
        options = CheckOptions(
            paths=tuple(paths or [Path()]),
            overrides=overrides,
            config=file,
            isolated=isolated,
            diff=diff,
            stdin_filename=stdin_filename,
            write_baseline=write_baseline,
            watch=watch,
            show_files=show_files,
            add_noqa=add_noqa,
        )
        return check_files(options)

    raise typer.Exit(run_command(run))


@app.command()
def summary(
    paths: Paths,
    output_format: Annotated[str, format_option("table", "json")] = "table",
    cost: Annotated[bool, typer.Option("--cost", help="Show multiply-adds and what training takes in memory.")] = False,
    batch_size: Annotated[int, typer.Option(min=1, help="The samples of a batch, for --cost.", metavar="N")] = 32,
    dtype: CostDtype = None,
    color: Color = None,
    stdin_filename: StdinFilename = None,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Show the layers, shapes and parameters of all models.

    Your code is not run.
    """
    from kerascheck.cli.models import summarize

    batch = batch_size if cost else None
    raise typer.Exit(
        analyse(config, isolated, summarize, paths, output_format, sys.stdout, stdin_filename, color, batch, dtype)
    )


@app.command()
def explain(
    message: Message = None,
    script: FailedScript = None,
    output_format: Annotated[str, format_option("text", "json")] = "text",
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Explain an error message: the row, the shapes there, the fix.

    python train.py 2>&1 | kerascheck explain

    Your code is not run. Exit status: 0 explained, 1 not understood, 2 an error.
    """
    from kerascheck.cli import explain as command

    asked: list[command.Question] = []  # read here once, since what follows may be begun again
    status = run_command(lambda: asked.append(command.question(message, script)))
    raise typer.Exit(
        status
        or analyse(config, isolated, lambda resolver: command.explain(asked[0], output_format, sys.stdout, resolver))
    )


@app.command()
def verify(
    paths: Paths,
    output_format: Annotated[str, format_option("text", "json")] = "text",
    stdin_filename: StdinFilename = None,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Rebuild exact models in the installed Keras and compare them.

    Shapes and parameter counts are compared. Your code is not run. Exit status: 0 no difference, 1 differences, 2 an error. Needs the extra `tensorflow`, or any
    Keras 3 with a backend.
    """  # noqa: E501
    from kerascheck.cli.models import verify as verify_models

    raise typer.Exit(analyse(config, isolated, verify_models, paths, output_format, sys.stdout, stdin_filename))


@app.command()
def diff(
    paths: OldAndNew = None,
    base: Annotated[Text, typer.Option(help="Compare with this git revision.", metavar="REV")] = None,
    output_format: Annotated[str, format_option("text", "json", "markdown")] = "text",
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Show what has changed in the models.

    Layers, shapes, parameters, compile and fit are compared. Your code is not run. Exit status: 0 no difference, 1 differences, 2 an error.
    """  # noqa: E501
    from kerascheck.cli.diff import diff as compare

    raise typer.Exit(analyse(config, isolated, compare, paths or [], base, output_format, sys.stdout))


@app.command()
def annotate(
    paths: FilePaths,
    write: Write = False,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Keep output shapes and parameters as comments beside layers.

    Nothing but these comments changes. Exit status: 0 all are true, 1 something would change, 2 an error.
    """
    from kerascheck.cli.annotate import annotate as write_comments

    raise typer.Exit(analyse(config, isolated, write_comments, paths, write))


@app.command()
def graph(
    path: Annotated[Path, typer.Argument(help="A file; - is stdin.", metavar="FILE")],
    output: OutputFile = None,
    output_format: Annotated[Text, format_option("mermaid", "svg", "png", "html")] = None,
    model: Annotated[Text, typer.Option(help="The variable or the name of the model.", metavar="NAME")] = None,
    stdin_filename: StdinFilename = None,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Draw a model, with what check finds marked in it.

    The format is that of the ending of the file (.mmd, .svg, .png, .html) unless it is given; Mermaid on stdout.
    """
    from kerascheck.cli.models import graph as graph_models

    raise typer.Exit(
        analyse(config, isolated, graph_models, path, output, output_format, model, sys.stdout, stdin_filename)
    )


@app.command()
def report(
    paths: PathsOrNone = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Write the page to this file; - is stdout.", metavar="FILE")
    ] = Path("kerascheck-report.html"),
    output_format: Annotated[str, format_option("html", "json")] = "html",
    title: Annotated[Text, typer.Option(help="The heading of the page.", metavar="TEXT")] = None,
    select: Select = None,
    ignore: Ignore = None,
    extend_select: Extend = None,
    stdin_filename: StdinFilename = None,
    jobs: Jobs = 0,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Write one page with all findings and all models drawn.

    It needs nothing but a browser. With --output-format json the same as data.
    """
    from kerascheck.cli.common import CheckOptions, given_settings
    from kerascheck.cli.report import write_report
    from kerascheck.configuration.config import Overrides

    def run() -> int:
        file, inline = given_settings(config)
        overrides = Overrides(
            split_codes(select) if select is not None else None,
            split_codes(ignore),
            split_codes(extend_select),
            inline=inline,
        )
        options = CheckOptions(tuple(paths or [Path()]), overrides, file, isolated, stdin_filename=stdin_filename)
        is_default = output_format == "json" and output == Path("kerascheck-report.html")
        where = Path("kerascheck-report.json") if is_default else output
        return write_report(options, where, output_format, title, jobs, sys.stdout)

    raise typer.Exit(run_command(run))


@app.command()
def migrate(
    paths: FilePaths,
    came_from: CameFrom = "auto",
    to: Annotated[
        str, typer.Option("--to", help="The Keras that they are to run with: keras3.", metavar="KERAS")
    ] = "keras3",
    write: Write = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing but a patch to stdout.")] = False,
    report: ReportFile = None,
    to_keras: Annotated[bool, typer.Option("--to-keras", help="Turn tf.keras to keras.")] = False,
    backend_neutral: Annotated[
        bool,
        typer.Option("--backend-neutral", help="Turn functions of tf and of keras.backend on tensors to keras.ops."),
    ] = False,
    mark: Annotated[bool, typer.Option("--mark", help="Write a comment above what is left to do by hand.")] = False,
    config: Config = None,
    isolated: Isolated = False,
) -> None:
    """Bring programs of Keras 1, Keras 2 and tf.keras to Keras 3.

    Exit status: 0 nothing is left to do, 1 something is, 2 an error.
    """
    from kerascheck.cli.migrate import MigrateOptions
    from kerascheck.cli.migrate import migrate as run

    options = MigrateOptions(tuple(paths), came_from, to, write, diff, report, to_keras, backend_neutral, mark)
    raise typer.Exit(analyse(config, isolated, lambda resolver: run(options, resolver, sys.stdout)))


@app.command()
def rule(
    codes: RuleCodes = None,
    every: Annotated[bool, typer.Option("--all", help="All rules.")] = False,
    output_format: Annotated[str, format_option("text", "json")] = "text",
) -> None:
    """Explain rules."""
    from kerascheck.cli.rules import explain_rules

    raise typer.Exit(run_command(lambda: explain_rules(split_codes(codes), every, output_format, sys.stdout)))


@app.command()
def rules(output_format: Annotated[str, format_option("table", "json")] = "table") -> None:
    """List all rules."""
    from kerascheck.cli.rules import list_rules

    raise typer.Exit(run_command(lambda: list_rules(output_format, sys.stdout)))


@app.command()
def clean(cache_dir: CacheDir = None, config: Config = None, isolated: Isolated = False) -> None:
    """Throw away the results of earlier runs."""
    from kerascheck.cli.clean import clean as throw_away

    def run() -> int:
        from kerascheck.cli.common import given_settings
        from kerascheck.configuration.config import Overrides, Resolver

        file, inline = given_settings(config)
        return throw_away(Resolver(Overrides(cache_dir=cache_dir, inline=inline), file, isolated), sys.stdout)

    raise typer.Exit(run_command(run))


@app.command()
def config(
    path: Annotated[Path, typer.Argument(help="The file or folder whose settings are shown.", metavar="PATH")] = Path(),
    select: Select = None,
    ignore: Ignore = None,
    extend_select: Extend = None,
    config: Config = None,
    isolated: Isolated = False,
    target: Target = None,
    output_format: Annotated[str, format_option("toml", "json")] = "toml",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --output-format json.", hidden=True)] = False,
) -> None:
    """Show the settings in force, and where each comes from.

    Of a file also for which Keras it is written, and why.
    """
    from kerascheck.cli.common import check_format, given_settings
    from kerascheck.cli.show_config import show_config
    from kerascheck.configuration.config import Overrides

    def show() -> None:
        check_format(output_format, ("toml", "json"))
        file, inline = given_settings(config)
        overrides = Overrides(
            split_codes(select) if select is not None else None,
            split_codes(ignore),
            split_codes(extend_select),
            target=target,
            inline=inline,
        )
        show_config(path, overrides, file, isolated, sys.stdout, as_json or output_format == "json")

    raise typer.Exit(run_command(show))


@app.command()
def lsp(
    stdio: Annotated[bool, typer.Option("--stdio", help="Use standard input and output (as it always does).")] = True,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log what is received and sent to stderr.")] = False,
) -> None:
    """Run the language server, for editors.

    It talks on standard input and output, and needs the extra `lsp`.
    """
    from kerascheck.cli.editor import serve_editor

    raise typer.Exit(run_command(lambda: serve_editor(verbose)))


def main() -> None:
    """The entry point."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"kerascheck {__version__}")  # asked for by tools, so without building the commands
        return
    be_a_program()
    with safe_path.own_imports():  # the environment may have put the current folder on the path
        app()
