"""KC0xx: what kerascheck says about a file itself. The engine reports these; the classes hold what is known of them."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Program
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
            [(2, "a template of a Python file; check what is made of it")],
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


class Revealed(ToolRule):
    """A comment asks what is known of a name.

    ## What it does

    Tells what the analysis knows of a name at a row that ends with `# kerascheck: reveal x`, after that row has run:
    what it is, its shape, its dtype, the range of its numbers, and what made it. Several names are separated by
    commas. Without a name it is about what the row assigns. In a row of its own the comment is about the moment before
    the statement below.

    ## Why it is bad

    It is not: it is an answer. Remove the comment when you have read it.

    ## Example

    ```python
    x = layers.Conv2D(32, 3)(inputs)  # kerascheck: reveal
    ```

    ## Use instead

    ```python
    x = layers.Conv2D(32, 3)(inputs)
    ```

    ## References

    - https://kerascheck.github.io/kerascheck/shapes/
    """

    code = "KC007"
    name = "revealed"
    severity = Severity.INFO

    VALID = [
        # a text is not a comment
        "import keras\n\nnote = '# kerascheck: reveal note'\n",
    ]
    INVALID = [
        Invalid(
            "import keras\nx = keras.Input((28, 28, 1))\nx = keras.layers.Conv2D(32, 3)(x)  # kerascheck: reveal\n",
            [(3, "x: tensor (None, 26, 26, 32) float32, from conv2d (Conv2D) in row 3")],
        ),
    ]


class UnusedDirective(ToolRule):
    """A comment to the analysis comes to nothing.

    ## What it does

    Reports `# kerascheck: reveal` and `# kerascheck: shape` that are not understood, or stand where the analysis never
    comes.

    ## Why it is bad

    What such a comment says about a shape is not taken into account.

    ## Example

    ```python
    x = load()  # kerascheck: shape (60000, 784)
    ```

    ## Use instead

    ```python
    x = load()  # kerascheck: shape x (60000, 784)
    ```

    ## References

    - https://kerascheck.github.io/kerascheck/shapes/
    """

    code = "KC008"
    name = "unused-directive"
    severity = Severity.WARNING

    VALID = [
        "import keras\nfrom elsewhere import load\n\nx = load()  # kerascheck: shape x (60000, 784)\n",
        "import keras\n\nnote = '# kerascheck: shape'\n",
    ]
    INVALID = [
        Invalid(
            "import keras\nfrom elsewhere import load\n\nx = load()  # kerascheck: shape (60000, 784)\n",
            [
                (
                    4,
                    "it is not understood; write a name and a shape, as in `# kerascheck: shape x (None, 28, 28, 1)`",
                )
            ],
        ),
    ]
