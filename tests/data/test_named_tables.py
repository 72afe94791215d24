"""Tables and data sets that are known by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.machine.helpers import known

_SNS = "import seaborn as sns\nimport pandas as pd\nimport numpy as np\n"
_TFDS = "import tensorflow_datasets as tfds\nds, info = tfds.load('cifar10', with_info=True, as_supervised=True)\n"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sns.load_dataset('iris').shape", (150, 5)),
        ("sns.load_dataset('iris')['species'].nunique()", 3),
        ("pd.get_dummies(sns.load_dataset('iris')['species']).shape", (150, 3)),
        ("sns.load_dataset('titanic')[['pclass', 'age']].shape", (891, 2)),
        ("len(np.unique(sns.load_dataset('titanic')['survived']))", 2),
        ("sns.load_dataset('tips').drop('tip', axis=1).shape[1]", 6),
    ],
)
def test_tables_of_seaborn(expression: str, expected: Any) -> None:
    assert known(f"{_SNS}x = {expression}") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("info.features['label'].num_classes", 10),
        ("len(info.features['label'].names)", 10),
        ("info.features['image'].shape", (32, 32, 3)),
        ("info.splits['train'].num_examples", 50_000),
        ("tfds.builder('mnist').info.features['label'].num_classes", 10),
    ],
)
def test_information_of_data_sets(expression: str, expected: Any) -> None:
    assert known(f"{_TFDS}x = {expression}") == expected
