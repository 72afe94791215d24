"""Options that several commands take, and what a shell completes for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer


def complete_codes(incomplete: str) -> list[tuple[str, str]]:
    """Codes and names of rules for the shell, the last of several parted by commas."""
    from kerascheck.rules.registry import all_rules

    before, comma, word = incomplete.rpartition(",")
    found = [(rule.code, rule.name) for rule in all_rules() if rule.code.startswith(word.upper())]
    found += [(rule.name, rule.code) for rule in all_rules() if word and rule.name.startswith(word.lower())]
    return [(f"{before}{comma}{value}", note) for value, note in found]


def complete(*choices: str) -> Callable[[str], list[str]]:
    """What completes an option that takes one of these words."""
    return lambda incomplete: [choice for choice in choices if choice.startswith(incomplete)]


def flag(name: str, help_text: str) -> Any:
    """An option that can be said and denied: `--fix` and `--no-fix`."""
    return typer.Option(f"--{name}/--no-{name}", help=help_text)


def codes(help_text: str) -> Any:
    """An option that takes codes of rules, beginnings of them, or names."""
    return typer.Option(help=help_text, autocompletion=complete_codes, metavar="CODES")


Paths = Annotated[list[Path], typer.Argument(help="Files and folders; - is stdin.", metavar="PATH")]
FilePaths = Annotated[list[Path], typer.Argument(help="Files and folders.", metavar="PATH")]
PathsOrNone = Annotated[list[Path] | None, typer.Argument(help="Files and folders; - is stdin.", metavar="PATH")]
Codes = list[str] | None
Flag = bool | None
Text = str | None
Config = Annotated[
    Codes,
    typer.Option("--config", help="A configuration file, or one setting, such as budget=5.", metavar="FILE|KEY=VALUE"),
]
Isolated = Annotated[bool, typer.Option("--isolated", help="Ignore all configuration files.")]
Select = Annotated[
    Codes,
    codes("Codes, prefixes or names to report, with commas; ALL for all."),
]
Ignore = Annotated[
    Codes,
    codes("Codes, prefixes or names not to report."),
]
Extend = Annotated[
    Codes,
    codes("Codes, prefixes or names to report besides."),
]
Color = Annotated[
    Text,
    typer.Option(help="auto, always or never.", autocompletion=complete("auto", "always", "never"), metavar="WHEN"),
]
Target = Annotated[
    Text,
    typer.Option(help="The Keras that the programs are written for (default: auto, which finds out).", metavar="KERAS"),
]
CacheDir = Annotated[Text, typer.Option(help="Where the results are kept.", metavar="FOLDER")]
StdinFilename = Annotated[Text, typer.Option(help="The name of what stdin holds.", metavar="NAME")]


def format_option(*choices: str) -> Any:
    """The option `--output-format`, which has another name from earlier."""
    help_text = f"{', '.join(choices[:-1])} or {choices[-1]}."
    return typer.Option(
        "--output-format", "--format", help=help_text, autocompletion=complete(*choices), metavar="FORMAT"
    )


def split_codes(values: list[str] | None) -> tuple[str, ...]:
    """Each value may hold several, parted by commas."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())


Write = Annotated[bool, typer.Option("--write", help="Change the files (default: show what would change).")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0: as the work needs.", metavar="N")]
Message = Annotated[
    Text,
    typer.Argument(
        help="A file with a traceback, a message in quotes, or - for stdin.", show_default=False, metavar="MESSAGE"
    ),
]
FailedScript = Annotated[
    Text, typer.Argument(help="The program or notebook that failed.", show_default=False, metavar="SCRIPT")
]
CostDtype = Annotated[
    Text, typer.Option(help="Compute the cost in this dtype, such as float16 or mixed_float16.", metavar="DTYPE")
]
CameFrom = Annotated[
    str,
    typer.Option(
        "--from", help="The Keras that the programs are written for: auto, keras1, keras2, tf-keras.", metavar="KERAS"
    ),
]
OldAndNew = Annotated[list[Path] | None, typer.Argument(help="Two files or folders; with --base, any.", metavar="PATH")]
OutputFile = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file (default: stdout).", metavar="FILE")
]
ReportFile = Annotated[
    Path | None,
    typer.Option(help="Write what is done and what is left to this file: .html, .md or .json.", metavar="FILE"),
]
RuleCodes = Annotated[
    Codes,
    typer.Argument(help="Codes (KC103), prefixes (KC1) or names.", autocompletion=complete_codes, metavar="CODES"),
]
