"""What a program saves and loads again, and what it does not: an honest unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.machine.helpers import KERAS, build, marked_cases, model, raised
from tests.machine.test_oracle import compare_with_keras

PROGRAMS = marked_cases("saved_models", default="exact")
_TWO = "one = Sequential([Input((3,)), Dense(4)])\ntwo = Sequential([Input((3,)), Dense(9)])\n"


@pytest.mark.oracle
@pytest.mark.parametrize(("code", "status"), PROGRAMS.values(), ids=PROGRAMS)
def test_as_keras_builds_it(
    keras: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, status: str
) -> None:
    monkeypatch.chdir(tmp_path)
    compare_with_keras(keras, KERAS + code, status)


@pytest.mark.parametrize(
    "code",
    [
        "model = models.load_model('elsewhere.keras')",
        # another model may lie there
        "import sys\none.save('a.keras')\ntwo.save(sys.argv[1])\nmodel = models.load_model('a.keras')",
        "import sys\none.save('a.keras')\nfor n in range(len(sys.argv)):\n"
        "    Sequential([Input((3,)), Dense(n + 1)]).save('a.keras')\nmodel = models.load_model('a.keras')",
        "import os\none.save('a.keras')\ntwo.save('b.keras')\nos.replace('b.keras', 'a.keras')\n"
        "model = models.load_model('b.keras')",
        "import gdown\none.save('a.keras')\ngdown.download('x', 'a.keras')\nmodel = models.load_model('a.keras')",
        "import os\none.save('a.keras')\nos.system('cp other/a.keras a.keras')\nmodel = models.load_model('a.keras')",
        # weights alone
        "checkpoint = keras.callbacks.ModelCheckpoint('a.keras', save_weights_only=True)\n"
        "one.compile('adam', 'mse')\none.fit(x, y, callbacks=[checkpoint])\nmodel = models.load_model('a.keras')",
        # it may never have saved
        "checkpoint = keras.callbacks.ModelCheckpoint('a.keras', save_best_only=True)\n"
        "one.compile('adam', 'mse')\none.fit(x, y, callbacks=[checkpoint])\nmodel = models.load_model('a.keras')",
        "one.save('a.h5')\none.save_weights('a.h5')\nmodel = models.load_model('a.h5')",
        # Keras loads no function of Python unless it is told to
        "f = Sequential([Input((3,)), Lambda(lambda t: t)])\nf.save('a.keras')\nmodel = models.load_model('a.keras')",
    ],
)
def test_what_may_be_another_model_is_unknown(code: str) -> None:
    assert model(_TWO + code).status() == "unknown"


def test_a_file_that_is_replaced_by_one_that_is_known() -> None:
    code = "import os\none.save('a.keras')\ntwo.save('b.keras')\nos.replace('b.keras', 'a.keras')\n"
    assert model(_TWO + code + "model = models.load_model('a.keras')").outputs[0].shape == (None, 9)


def test_the_same_model_under_a_name_that_is_not_known() -> None:
    code = "import sys\none.save('a.keras')\none.save(sys.argv[1])\nmodel = models.load_model('a.keras')"
    assert model(_TWO + code).status() == "exact"


def test_a_class_that_keras_does_not_know() -> None:
    code = """
    class Own(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = Dense(2)
        def call(self, x):
            return self.inner(x)
    Sequential([Input((3,)), Own()]).save('a.keras')
    model = models.load_model('a.keras')
    """
    assert build(code).paths[0].networks[-1].status() == "unknown"


def test_a_configuration_that_lacks_an_argument() -> None:
    code = """
    @keras.saving.register_keras_serializable()
    class Own(layers.Layer):
        def __init__(self, units=7, **kwargs):
            super().__init__(**kwargs)
            self.inner = Dense(units)
        def call(self, x):
            return self.inner(x)
        def get_config(self):
            return super().get_config()
    Sequential([Input((3,)), Own(5)]).save('a.keras')
    model = models.load_model('a.keras')
    """
    assert build(code).paths[0].networks[-1].status() == "unknown"


def test_a_loaded_model_is_compiled_as_the_saved_one_was() -> None:
    code = _TWO + "one.compile('adam', 'mse')\none.save('a.keras')\nmodel = models.load_model('a.keras')"
    assert model(code).compiled is not None
    assert model(_TWO + "one.save('a.keras')\nmodel = models.load_model('a.keras')").compiled is None


def test_nothing_is_refused_for_a_loaded_model() -> None:
    code = _TWO + "one.save('a.keras')\nmodel = models.load_model('a.keras')\nmodel.get_layer(index=0)\nmodel.pop()"
    assert raised(code) == []


def test_what_is_fitted_keeps_what_it_has_learned() -> None:
    code = """
    import joblib
    from sklearn.preprocessing import LabelEncoder
    encoder = LabelEncoder()
    encoder.fit(["a", "b", "c"])
    joblib.dump(encoder, "encoder.joblib")
    again = joblib.load("encoder.joblib")
    model = Sequential([Input((3,)), Dense(len(again.classes_))])
    """
    assert build(code).paths[0].networks[0].outputs[0].shape == (None, 3)
