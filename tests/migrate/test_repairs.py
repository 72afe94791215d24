"""Rules about old forms offer the edits of a migration as their fixes."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest

from kerascheck import api
from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Applicability, Diagnostic
from kerascheck.migrate.names import Names
from kerascheck.migrate.plan import plan
from kerascheck.project.source import Source

SETTINGS = Settings(target="keras3")


def findings(code: str, prefix: str = "KC5") -> list[Diagnostic]:
    return [one for one in api.check(code, "x.py", settings=SETTINGS).diagnostics if one.code.startswith(prefix)]


def test_an_argument_is_fixed_by_itself() -> None:
    first, second = findings("from keras.layers import Dropout\nx = Dropout(p=0.5)\ny = Dropout(p=0.1)\n")
    assert first.fix is not None and second.fix is not None
    assert [edit.content for edit in first.fix.edits] == ["rate"] and first.fix.edits != second.fix.edits
    assert first.fix.applicability is Applicability.UNSAFE


def test_names_are_fixed_together_with_their_imports() -> None:
    code = "from keras import backend as K\n\n\ndef f(a, b):\n    return K.sum(a) + K.mean(b)\n"
    first, second = findings(code)
    assert first.fix is not None and second.fix is not None and first.fix.edits == second.fix.edits
    result = api.fix(code, "x.py", settings=SETTINGS, unsafe=True)
    assert result.source == "from keras import ops\n\n\ndef f(a, b):\n    return ops.sum(a) + ops.mean(b)\n"
    assert result.fixed == 2 and not result.report.diagnostics


@pytest.mark.parametrize(
    "code",
    [
        "from keras.layers.core import Dense\nx = Dense(output_dim=3, init='uniform')\n",
        "from keras.models import Sequential\nfrom keras.utils import multi_gpu_model\na = Sequential()\nb = multi_gpu_model(a)\n",
        "import tensorflow as tf\nfrom keras import backend as K\nK.set_session(tf.Session())\nx = K.sum(tf.zeros(3))\n",
        "from keras.layers import Input, merge\nx = merge([Input((3,)), Input((3,))], mode='sum')\n",
        "from keras import Sequential, layers\nm = Sequential([layers.Input((3,)), layers.Dense(1)])\nm.save('x', save_format='tf')\n",
    ],
)
def test_the_outcome_is_that_of_a_migration(code: str) -> None:
    source = Source(code.encode(), "x.py")
    fixed = api.fix(code, "x.py", settings=SETTINGS, unsafe=True)
    assert fixed.source == plan(source).raw.decode()


def test_what_has_no_mechanical_way_has_no_fix() -> None:
    [found] = findings("from keras import backend as K\nx = K.gradients(1, 2)\n")
    assert found.fix is None


def test_what_may_be_meant_for_an_older_keras_has_no_safe_fix(tmp_path: Path) -> None:
    code = (
        "import numpy as np\nfrom keras.layers.core import Dense\nfrom keras.models import Sequential\n"
        "m = Sequential([Dense(1, input_shape=(3,))])\nm.compile('sgd', 'mse')\nm.fit(np.zeros((9, 3)), np.zeros(9), nb_epoch=9)\n"
    )
    fixes = [
        one.fix for one in api.check(code, tmp_path / "x.py", settings=Settings()).diagnostics if one.fix is not None
    ]
    assert fixes and all(fix.applicability is Applicability.UNSAFE for fix in fixes)


def test_one_fix_of_thousands_of_changes_is_lowered_once(tmp_path: Path) -> None:
    """All findings about names share the fix of all of them."""
    body = "".join(f"def f{i}(a, b):\n    return K.mean(K.square(a - b), axis=-1)\n" for i in range(100))
    code = f"import keras\nfrom keras import backend as K\n{body}"
    found = api.check(code, tmp_path / "x.py", settings=Settings(target="keras3")).diagnostics
    fixes = [one.fix for one in found if one.code == "KC505"]
    assert len(fixes) == 200 and all(fix is fixes[0] for fix in fixes)


def test_a_name_that_is_bound_a_hundred_times_may_mean_anything() -> None:
    often = "".join(f"y = f{i}()\n" for i in range(200))
    names = Names(Source(f"import keras\n{often}z = y\n".encode(), "x.py"))
    [name] = [node for node in names.nodes if isinstance(node, cst.Name) and isinstance(names.parent(node), cst.Assign)]
    assert names.values_of(name) is None
