"""KC486: a tokenizer gets one text in place of a list of texts."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class TextForTexts(Rule):
    """A tokenizer receives one text in place of a list of texts.

    ## What it does

    Reports `fit_on_texts` and `texts_to_sequences` of a `Tokenizer` for words that are called with a string.

    ## Why it is bad

    A string is walked over letter by letter, and each is taken for a text: the vocabulary is the alphabet, and there
    are as many sequences as letters.

    ## Example

    ```python
    from keras.preprocessing.text import Tokenizer

    tokenizer = Tokenizer()
    tokenizer.fit_on_texts("the cat sat on the mat")
    ```

    ## Use instead

    ```python
    from keras.preprocessing.text import Tokenizer

    tokenizer = Tokenizer()
    tokenizer.fit_on_texts(["the cat sat on the mat"])
    ```

    ## References

    - [Tokenizer](https://www.tensorflow.org/api_docs/python/tf/keras/preprocessing/text/Tokenizer)
    """

    code = "KC486"
    name = "text-for-texts"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for step in program.preparations:
            if step.kind == "letters":
                yield Finding(step.site, f"{step.name} takes the letters of a string for texts; pass a list, [text]")

    VALID = [
        # a list
        """
from keras.preprocessing.text import Tokenizer
tokenizer = Tokenizer(num_words=100)
tokenizer.fit_on_texts(["the cat sat", "on the mat"])
numbers = tokenizer.texts_to_sequences(["the mat"])[0]
""",
        # letters are meant
        """
from keras.preprocessing.text import Tokenizer
tokenizer = Tokenizer(char_level=True)
tokenizer.fit_on_texts("the cat sat")
numbers = tokenizer.texts_to_sequences("the mat")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras.preprocessing.text import Tokenizer
text = "the cat sat on the mat"
tokenizer = Tokenizer()
tokenizer.fit_on_texts(text)
numbers = tokenizer.texts_to_sequences(text)
""",
            [
                (5, "fit_on_texts takes the letters of a string for texts; pass a list, [text]"),
                (6, "texts_to_sequences takes the letters of a string for texts; pass a list, [text]"),
            ],
        ),
    ]
