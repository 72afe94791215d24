"""Hyperparameters of KerasTuner: symbolic where a search chooses them, defaults where the program makes them itself."""

from __future__ import annotations

from tests.machine.helpers import UNKNOWN, build, known

BUILD = """
def build(hp):
    model = Sequential([Input((10,))])
    model.add(Dense(hp.Int("units", 32, 512, step=32), activation=hp.Choice("act", ["relu", "tanh"])))
    model.add(Dropout(hp.Float("rate", 0.0, 0.5)))
    model.add(Dense(hp.Int("units", 32, 512, step=32) // 2))
    model.add(Dense(hp.Fixed("out", 3)))
    return model
"""


def test_a_model_of_a_search_is_symbolic() -> None:
    (network,) = [network for path in build(BUILD).paths for network in path.networks]
    assert network.status() == "symbolic"
    sizes = [str(layer.output_shapes()[0][1]) for layer in network.layers]  # type: ignore[index]
    assert sizes == ["hp.Int('units')", "hp.Int('units')", "hp.Int('units') // 2", "3"]


def test_a_hypermodel() -> None:
    analysis = build(
        """
        import keras_tuner
        class Hyper(keras_tuner.HyperModel):
            def __init__(self, classes=5):
                self.classes = classes
            def build(self, hp):
                size = hp.Choice("size", [8, 16])
                return Sequential([Input((4,)), Dense(size), Dense(self.classes)])
        """
    )
    (network,) = [network for path in analysis.paths for network in path.networks]
    assert str(network.params()) == "5*hp.Choice('size') + classes*hp.Choice('size') + classes"


def test_a_choice_is_decided_once() -> None:
    code = """
        def build(hp):
            model = Sequential([Input((4,))])
            kind = hp.Choice("kind", ["a", "b"])
            if kind == "a": model.add(Dense(1, name="x"))
            if hp.Choice("kind", ["a", "b"]) == "a": model.add(Dense(1, name="y"))
            if hp.Boolean("deep"): model.add(Dense(1, name="p"))
            if hp.Boolean("deep"): model.add(Dense(1, name="q"))
            return model
    """
    networks = [network for path in build(code).paths for network in path.networks]
    assert {network.status() for network in networks if network.layers} == {"exact"}
    found = [tuple(layer.name for layer in network.layers if layer.cls == "Dense") for network in networks]
    assert sorted(found) == [(), ("p", "q"), ("x", "y"), ("x", "y", "p", "q")]


def test_an_unknown_number_of_layers() -> None:
    code = (
        "def build(hp):\n    model = Sequential([Input((4,))])\n    for i in range({}):\n        model.add(Dense(8))\n"
    )
    for bounds, status in (("hp.Int('layers', 1, 3)", "unknown"), ("hp.Int('layers', 2, 2)", "exact")):
        (network,) = [network for path in build(code.format(bounds)).paths for network in path.networks]
        assert network.status() == status


def test_hyperparameters_of_the_program_itself_are_defaults() -> None:
    code = """
import keras_tuner
hp = keras_tuner.HyperParameters()
hp.Fixed("rate", 0.25)
x = [hp.Int("units", 32, 512, step=32), hp.Int("layers", 1, 3, default=2), hp.Float("lr", 1e-4, 1e-2),
     hp.Choice("act", ["relu", "tanh"]), hp.Choice("n", [1, 2], default=2), hp.Boolean("deep"), hp.Float("rate", 0, 1),
     hp.get("units"), hp.Int("units", 1, 2)]
"""
    assert known(code) == [32, 2, 1e-4, "relu", 2, False, 0.25, 32, 32]
    assert known(f"{code}x = hp.get('other')") is UNKNOWN


def test_the_model_of_the_defaults_is_exact() -> None:
    analysis = build(BUILD + "import keras_tuner\nmodel = build(keras_tuner.HyperParameters())\n")
    (network,) = analysis.paths[0].networks
    assert network.status() == "exact"
    assert network.params() == 352 + 33 * 16 + 17 * 3


def test_what_a_search_has_found_is_symbolic() -> None:
    analysis = build(
        BUILD
        + """
import keras_tuner
tuner = keras_tuner.RandomSearch(build, objective="val_loss")
best = tuner.get_best_hyperparameters()[0]
model = build(best)
"""
    )
    assert analysis.paths[0].networks[-1].status() == "symbolic"
