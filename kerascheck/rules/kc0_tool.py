"""KC0xx: what kerascheck says about a file itself. The engine reports these; the classes hold what is known of them."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ToolRule(Rule):
    """A code that the engine reports before or after the other rules, so `check` finds nothing."""

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        return iter(())


class SyntaxErrorRule(ToolRule):
    """Python cannot read the file.

    ## What it does

    Reports the first syntax error, in the words of the Python that runs kerascheck where it agrees.

    ## Why it is bad

    The program does not start, and nothing else in the file is checked.

    ## Example

    ```python
    print "epochs:", epochs
    ```

    ## Use instead

    ```python
    print("epochs:", epochs)
    ```

    ## References

    - https://docs.python.org/3/tutorial/errors.html#syntax-errors
    """

    code = "KC001"
    name = "syntax-error"
    severity = Severity.ERROR

    VALID = ["import keras\n\nprint(keras.__version__)\n"]
    INVALID = [
        Invalid(
            "import keras\n\nprint keras.__version__\n",
            [(3, "Missing parentheses in call to 'print'. Did you mean print(...)?")],
        )
    ]


class Template(ToolRule):
    """The file is a template of a Python file.

    ## What it does

    Tells of a file that is no Python because of the placeholders in it (`{{ ... }}`, `{% ... %}`), and is Python once
    they are filled in. It is not checked.

    ## Why it is bad

    It is not; but faults in it are found only in the files that are made of it.

    ## Example

    ```text
    from {{ cookiecutter.package }}.model import build
    ```

    ## Use instead

    Check the files that are made of the template, and exclude the template.

    ## References

    - [Cookiecutter](https://cookiecutter.readthedocs.io/)
    """

    code = "KC004"
    name = "template"
    severity = Severity.INFO

    VALID = ["print('{{ name }}')\n", "pairs = {{1}, {2}} if False else {}\n"]
    INVALID = [
        Invalid(
            "import keras\nfrom {{ package }}.model import build\n",
            [(2, "a template of a Python file; check the files made from it")],
        )
    ]


class UnreadableFile(ToolRule):
    """The file cannot be analysed.

    ## What it does

    Reports a file that cannot be opened, is no text in the encoding it claims, nests deeper than the
    parser survives, or on which kerascheck itself failed.

    ## Why it is bad

    Nothing in the file is checked.

    ## Example

    A file saved as latin-1 without a line that says so.

    ## Use instead

    Save it as utf-8, or begin it with `# -*- coding: latin-1 -*-`.

    ## References

    - https://peps.python.org/pep-0263/
    """

    code = "KC002"
    name = "unreadable-file"
    severity = Severity.ERROR


class UnusedSuppression(ToolRule):
    """A comment silences findings that are not there.

    ## What it does

    Reports `# noqa: KC...` and `# kerascheck: ignore` comments that silence nothing. Codes of other
    tools and a bare `# noqa` are left alone.

    ## Why it is bad

    A comment that outlived its reason hides the next finding in that line.

    ## Example

    ```python
    model.add(Dense(1, activation="sigmoid"))  # kerascheck: ignore[KC103]
    ```

    ## Use instead

    ```python
    model.add(Dense(1, activation="sigmoid"))
    ```

    ## References

    - https://docs.astral.sh/ruff/rules/unused-noqa/
    """

    code = "KC003"
    name = "unused-suppression"
    severity = Severity.WARNING
    enabled = False
    fixable = "safe"

    VALID = [
        "import keras  # noqa: F401\n",
        "import keras  # noqa\n",
        "import keras\n\nnote = '# kerascheck: ignore'\n",
    ]
    INVALID = [
        Invalid(
            "import keras  # kerascheck: ignore\n",
            [(1, "this comment silences nothing; remove it")],
            fixed="import keras\n",
        ),
        Invalid(
            "import keras  # noqa: F401, KC001\n",
            [(1, "this comment silences nothing of KC001; remove it")],
            fixed="import keras  # noqa: F401\n",
        ),
    ]


class UnknownDirective(ToolRule):
    """A comment for kerascheck is not understood.

    ## What it does

    Reports comments that begin with `# kerascheck:` and go on with a word that is not a directive, and codes in
    `ignore[...]`, `ignore-file[...]` and `# noqa: KC...` that do not exist.

    ## Why it is bad

    A misspelled comment silences nothing, and nobody notices until the finding is back.

    ## Example

    ```python
    model.add(Dense(1))  # kerascheck: ingore[KC103]
    ```

    ## Use instead

    ```python
    model.add(Dense(1))  # kerascheck: ignore[KC103]
    ```

    ## References

    - https://kerascheck.github.io/kerascheck/suppression/
    """

    code = "KC006"
    name = "unknown-directive"
    severity = Severity.WARNING

    VALID = [
        "import keras  # kerascheck: ignore[KC103]\n",
        "import keras  # kerascheck: ignore[KC1, redundant-input-shape]\n",
        "# kerascheck: ignore-file[KC103]\nimport keras\n",
        "import keras\n\nnote = '# kerascheck: nonsense'\n",
        "import keras  # see kerascheck: it finds faults\n",
        "import keras  # noqa: E999, KC1, KCX999\n",
    ]
    INVALID = [
        Invalid(
            "import keras  # kerascheck: ingore[KC103]\n",
            [(1, "there is no directive 'ingore'; did you mean ignore?")],
        ),
        Invalid(
            "import keras  # kerascheck: ignore[KC999]\n",
            [(1, "there is no rule KC999")],
        ),
        Invalid(
            "import keras  # noqa: E501, KC103, KC999\n",
            [(1, "there is no rule KC999")],
        ),
        Invalid(
            "import keras  # kerascheck: ignore[]\n",
            [(1, "no codes stand in the brackets; without brackets it silences every rule")],
        ),
    ]
