"""What only IPython understands in a cell (magics, shell lines, `?`) blanked in place, so that Python is left."""

from __future__ import annotations

import ast
import re
import warnings

from kerascheck.text.lexing import is_open

#: Cell magics that run the cell as Python in the session. (`%%python` and its kin run it elsewhere.)
_PYTHON_CELL_MAGICS = frozenset({"capture", "debug", "kerascheck", "memit", "mprun", "prun", "time", "timeit"})
_CELL_MAGIC = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*\s*%%([\w.-]+)")

#: Magics with one `%` by which notebooks of other makers (Databricks, Datalab, Zeppelin) hand a whole cell to something
#: else. In IPython some of them stand for a row of a cell that is Python otherwise.
_OTHER_LANGUAGES = frozenset(
    {
        "bash", "sh", "shell", "cmd", "script", "html", "javascript", "js", "latex", "markdown", "md", "perl", "ruby",
        "r", "R", "scala", "sql", "fs", "bigquery", "bq", "gcs", "storage", "file", "writefile", "svg", "angular",
        "dep", "spark.sql", "spark.r", "powershell", "pig", "hive",
    }
)  # fmt: skip
_WHOLE_CELL = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*%([\w.]+)[^\n]*\n")

# `%time f()` and its kin run the rest of the line, behind their options, which must stay in its columns.
_RUNS_THE_REST = re.compile(
    r"(\s*)(%(?:time|timeit|prun|memit)\s+(?:-(?:[nrpilsTDt]\s*[\w.]+|[tcqovr]|-no-raise-error)\s+)*)"
    r"(?!-|\s|(?:async|class|def|for|from|if|import|match|try|while|with|@|%|!)\b)(.*)",
    re.DOTALL,
)
_MAGIC = re.compile(r"(\s*)[%!?,;/].*", re.DOTALL)
_ASSIGNED = re.compile(r"(\s*[\w.,\s\[\]]+=\s*)[%!].*", re.DOTALL)
_HELP = re.compile(r"(\s*)\S.*\?\s*", re.DOTALL)
# Names that IPython takes for magics without their %: what follows could not follow a name in Python.
_BARE = (
    r"(?:cat|cd|conda|cp|env|load_ext|ls|mamba|man|matplotlib|mkdir|more|mv|pip|pip3|pushd|reload_ext|rm|rmdir|run|uv)"
    r"[ \t]+(?!(?:and|else|for|if|in|is|not|or)\b)(?:[\w.~]|--?[a-zA-Z]|/\w)"
)
_AUTOMAGIC = re.compile(rf"(\s*){_BARE}.*", re.DOTALL)
_CANDIDATE = re.compile(rf"^[ \t]*(?:[%!?,;/].*|{_BARE}.*|[\w.,\[\] \t]+=[ \t]*[%!].*|[^#\n]*\?[ \t]*)$", re.MULTILINE)
_NOT_NEWLINE = re.compile(r"[^\n]+")


def blank_magics(text: str) -> str:
    """The text of a cell without what is no Python; what stays keeps its row and column."""
    magic = _CELL_MAGIC.match(text)
    if magic is not None:
        _, newline, rest = text[magic.end() :].partition("\n")
        if magic.group(1) not in _PYTHON_CELL_MAGICS:
            return _NOT_NEWLINE.sub("", text)
        before = _NOT_NEWLINE.sub("", text[: magic.end()])
        return before + newline + blank_magics(rest) if newline else before
    python = _blank_lines(text)
    other = _WHOLE_CELL.match(text)
    if other is not None and other.group(1) in _OTHER_LANGUAGES and not _is_python(python):
        return _NOT_NEWLINE.sub("", text)
    return python


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _blank_lines(text: str) -> str:
    """The text without the rows that are no Python."""
    parts: list[str] = []
    done = 0  # up to here the text is in `parts`, or known to end a statement
    at = 0
    while (match := _CANDIDATE.search(text, at)) is not None:
        at = match.end() + 1
        if is_open(text[done : match.start()]):
            continue  # a `%` that goes on with an expression, a line of a string
        blanked = _blanked(match.group())
        end = match.end()
        if blanked is None:
            continue
        if not blanked.rstrip().endswith("\\"):
            while text[:end].endswith("\\") and end < len(text):  # IPython joins the rows of one command
                row_end = text.find("\n", end + 1)
                end = len(text) if row_end < 0 else row_end
        rows = text.count("\n", match.start(), end)
        parts += [text[done : match.start()], blanked, "\n" * rows]
        done = end
        at = end + 1
    return "".join([*parts, text[done:]])


def _blanked(line: str) -> str | None:
    """One line in place of one that only IPython understands; None where it is Python after all."""
    if match := _RUNS_THE_REST.fullmatch(line):
        indent, command, rest = match.groups()
        return f"{indent}{'0;'.ljust(len(command))}{rest}"
    if match := _ASSIGNED.fullmatch(line):
        return f"{match.group(1)}get_ipython()"  # a value that is not known
    if match := _MAGIC.fullmatch(line) or _AUTOMAGIC.fullmatch(line):
        return f"{match.group(1)}pass"  # not nothing: it may be all that a block holds
    if (match := _HELP.fullmatch(line)) and not is_open(line):
        return f"{match.group(1)}pass"
    return None
