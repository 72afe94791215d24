"""KC007 and KC008: comments that ask and tell the analysis something. The engine reports them."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc0_tool import ToolRule


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
            [(3, "x: tensor (None, 26, 26, 32) float32, from 'conv2d' (Conv2D) in row 3")],
        ),
    ]


class UnusedDirective(ToolRule):
    """A comment for the analysis has no effect.

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
                    "this comment is not understood; write a name and a shape, as in "
                    "`# kerascheck: shape x (None, 28, 28, 1)`",
                )
            ],
        ),
    ]
