"""Series of what a function makes of each element: that may be an array itself, which lists and stacks of them show."""

from __future__ import annotations

import pytest

from kerascheck.data.array import Array
from tests.data.agreement import Sizes, disagreement
from tests.data.real import run_both
from tests.machine.helpers import value_of

pytest.importorskip("pandas")

HEAD = """
import numpy as np
import pandas as pd
names = pd.DataFrame({"path": ["a", "b", "c"], "label": [0, 1, 1]})
pictures = names["path"].apply(lambda name: np.asarray(_PICTURE_(name)))
"""
#: The pictures of the real run, and those of the analysis, which knows nothing of them.
REAL = HEAD.replace("_PICTURE_(name)", "[[float(len(name))] * 5] * 4")
ABSENT = HEAD.replace("_PICTURE_", "open_picture")

NESTED = [
    "np.array(pictures.tolist())", "np.asarray(pictures.to_list())", "np.stack(pictures)", "np.stack(pictures.values)",
    "np.array(list(pictures))", "np.array([one for one in pictures])", "np.vstack(pictures.to_numpy())",
    "np.concatenate(pictures.values)", "np.array(pictures.values.tolist())",
]  # fmt: skip


@pytest.mark.parametrize("line", NESTED)
@pytest.mark.parametrize("kept", ["", "names['picture'] = pictures\npictures = names['picture']\n"])
def test_how_many_axes_their_lists_have_is_not_known(line: str, kept: str) -> None:
    made = value_of(f"{ABSENT}{kept}c = {line}", "c")
    assert not isinstance(made, Array) or made.ndim is None
    claimed, real = run_both(f"{REAL}{kept}c = {line}")
    assert disagreement(claimed["c"], real["c"], Sizes()) is None


@pytest.mark.parametrize("line", ["pictures.shape", "np.array(pictures).shape", "pictures.values.shape"])
def test_the_series_has_one_axis_itself(line: str) -> None:
    assert value_of(f"{ABSENT}c = {line}", "c") == (3,)


def test_of_numbers_they_have_one() -> None:
    code = "numbers = names['label'].apply(lambda label: 1.0)\nc = np.array(numbers.tolist()).shape"
    assert value_of(ABSENT + code, "c") == (3,)


def test_a_pair_of_slices_names_no_columns() -> None:
    made = value_of("import pandas as pd\nframe = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})\nc = frame[:1, :]", "c")
    assert not isinstance(made, Array)
