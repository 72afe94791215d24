"""KC496: the training and the validation part of a directory are drawn with different seeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Arguments
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown

_READERS = frozenset(
    f"keras.{module}.{kind}_dataset_from_directory"
    for module in ("utils", "preprocessing", "preprocessing.image", "preprocessing.text")
    for kind in ("image", "text", "audio")
)


class SubsetsOverlap(Rule):
    """The training and the validation part of a directory are drawn with different seeds.

    ## What it does

    Compares the calls of `image_dataset_from_directory` and its kin with `subset="training"` and `subset="validation"`
    for the same directory: their `seed` and `validation_split` must be the same.

    ## Why it is bad

    Each call shuffles the files by its seed and takes its part. After two different shuffles the parts overlap: the
    model is validated on files that it trains on, and some files are in neither part. Nothing says so.

    ## Example

    ```python
    import keras

    options = dict(validation_split=0.2, image_size=(64, 64))
    train = keras.utils.image_dataset_from_directory("flowers", subset="training", seed=1, **options)
    valid = keras.utils.image_dataset_from_directory("flowers", subset="validation", seed=2, **options)
    ```

    ## Use instead

    ```python
    import keras

    options = dict(validation_split=0.2, seed=1, image_size=(64, 64))
    train = keras.utils.image_dataset_from_directory("flowers", subset="training", **options)
    valid = keras.utils.image_dataset_from_directory("flowers", subset="validation", **options)
    ```

    ## References

    - [Keras: image data loading](https://keras.io/api/data_loading/image/)
    """

    code = "KC496"
    name = "subsets-overlap"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        training: list[tuple[str, Any, Arguments]] = []
        for name, arguments, site in program.calls:
            if name not in _READERS:
                continue
            folder, subset = _identity(arguments.value("directory", 0)), arguments.value("subset")
            if folder is None:
                continue
            if subset == "training":
                training.append((name, folder, arguments))
            elif subset == "validation":
                same = [one for other, place, one in training if other == name and place == folder]
                if same and (problem := _difference(same[-1], arguments)) is not None:
                    yield Finding(site, problem)

    VALID = [
        # the same seed, the same share
        """
import keras
train = keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="training", seed=7)
valid = keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="validation", seed=7)
""",
        # both at once
        """
import keras
train, valid = keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="both", seed=7)
""",
        # other directories, or other kinds of data
        """
import keras
train = keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="training", seed=7)
valid = keras.utils.image_dataset_from_directory("fruits", validation_split=0.2, subset="validation", seed=8)
words = keras.utils.text_dataset_from_directory("flowers", validation_split=0.2, subset="validation", seed=9)
""",
        # nothing is shuffled
        """
import keras
options = dict(validation_split=0.2, shuffle=False)
train = keras.utils.image_dataset_from_directory("flowers", subset="training", seed=1, **options)
valid = keras.utils.image_dataset_from_directory("flowers", subset="validation", seed=2, **options)
""",
        # a seed that is not known
        """
import keras
from settings import SEED
train = keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="training", seed=SEED)
valid = keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="validation", seed=SEED)
""",
        # another division after the first
        """
import keras
for seed in (1, 2):
    train = keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="training", seed=seed)
    valid = keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="validation", seed=seed)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from tensorflow.keras.preprocessing import image_dataset_from_directory
train = keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="training", seed=123)
valid = keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="validation", seed=321)
old = image_dataset_from_directory("fruits", validation_split=0.2, subset="training", seed=1)
new = image_dataset_from_directory("fruits", validation_split=0.3, subset="validation", seed=1)
""",
            [
                (
                    5,
                    "the training part is drawn with seed=123 and this one with seed=321: the two overlap; pass both "
                    "the same seed",
                ),
                (
                    7,
                    "the training part leaves 0.2 of the files and this one takes 0.3: the two overlap; pass both the "
                    "same validation_split",
                ),
            ],
        ),
    ]


def _identity(directory: Any) -> Any:
    """What is equal for the same directory; None where it is not known."""
    if isinstance(directory, Unknown):
        return directory.key
    return directory if isinstance(directory, str) else getattr(directory, "text", None)


def _difference(training: Arguments, validation: Arguments) -> str | None:
    """What makes the two parts overlap."""
    seeds = [one.value("seed") for one in (training, validation)]
    shares = [one.value("validation_split") for one in (training, validation)]
    shuffled = all(one.value("shuffle", default=True) is True for one in (training, validation))
    if any(one.open_keywords for one in (training, validation)) or not all(isinstance(one, float) for one in shares):
        return None
    if shuffled and all(type(seed) is int for seed in seeds) and seeds[0] != seeds[1]:
        return (
            f"the training part is drawn with seed={seeds[0]} and this one with seed={seeds[1]}: the two overlap; pass "
            "both the same seed"
        )
    if shares[1] > shares[0] and (seeds[0] == seeds[1] or not shuffled):
        return (
            f"the training part leaves {shares[0]:g} of the files and this one takes {shares[1]:g}: the two overlap; "
            "pass both the same validation_split"
        )
    return None
