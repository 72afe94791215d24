"""Indentation that Python takes and libcst does not: tabs and blanks in turns.

Python asks that lines of a block come to the same column both where a tab goes to the next multiple of eight and where
it is as wide as a blank. libcst asks for more. By the second of the two, a blank does for each tab.
"""

from __future__ import annotations

import io
import tokenize

from kerascheck.text.lines import Lines

_BLANK = " \t\f"
#: Tokens that begin no line of code.
_NO_CODE = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})


def evenly_indented(text: str) -> str | None:
    """The text with blanks in place of the tabs that its lines begin with: each character stays where it is.

    Lines within brackets and strings stay as they are. None where Python's own tokenizer does not take the text.
    """
    try:
        rows = _first_rows(text)
    except (tokenize.TokenError, SyntaxError):
        return None
    lines = Lines(text)
    made: list[str] = []
    for row in range(1, len(lines.line_starts) + 1):
        start, end = lines.rows(row, row)
        line = text[start:end]
        if row in rows:
            code = line.lstrip(_BLANK)
            line = " " * (len(line) - len(code)) + code
        made.append(line)
    return "".join(made)


def _first_rows(text: str) -> set[int]:
    """The rows that begin a line of code, or are outside of any."""
    rows: set[int] = set()
    begins = True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if begins:
            rows.add(token.start[0])
        if token.type == tokenize.NEWLINE:
            begins = True
        elif token.type not in _NO_CODE:
            begins = False
    return rows
