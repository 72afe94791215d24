"""KC319: accuracy on what two branches give together, under a loss of the program."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import BoundMethod, FunctionValue
from kerascheck.network.ir import Tensor
from kerascheck.network.program import Program
from kerascheck.rules._graph import last_dim
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import metrics_of

_ACCURACY = frozenset({"accuracy", "acc", "binary_accuracy"})


class AccuracyOfDistance(Rule):
    """Accuracy is asked of a distance.

    ## What it does

    Reports `"accuracy"` where the loss is a function of the program and the only output is a single number that a
    `Lambda` or an operation makes of several inputs, as the distance of a siamese network is.

    ## Why it is bad

    Keras takes outputs above 0.5 for class 1. A small distance means "the same", which the labels of a contrastive loss
    usually call 1: pairs that are told apart perfectly have an accuracy of 0.

    ## Example

    ```python
    import keras
    from keras import Input, Model, Sequential, layers, ops

    def contrastive(y_true, y_pred):
        return ops.mean(y_true * ops.square(y_pred) + (1 - y_true) * ops.square(ops.maximum(1 - y_pred, 0)))

    tower = Sequential([Input((12,)), layers.Dense(8)])
    a, b = Input((12,)), Input((12,))
    distance = layers.Lambda(lambda pair: ops.norm(pair[0] - pair[1], axis=1, keepdims=True))([tower(a), tower(b)])
    model = Model([a, b], distance)
    model.compile("adam", contrastive, metrics=["accuracy"])
    ```

    ## Use instead

    ```python
    import keras
    from keras import Input, Model, Sequential, layers, ops

    def contrastive(y_true, y_pred):
        return ops.mean(y_true * ops.square(y_pred) + (1 - y_true) * ops.square(ops.maximum(1 - y_pred, 0)))

    def told_apart(y_true, y_pred):
        return ops.mean(ops.equal(y_true > 0.5, y_pred < 0.5))

    tower = Sequential([Input((12,)), layers.Dense(8)])
    a, b = Input((12,)), Input((12,))
    distance = layers.Lambda(lambda pair: ops.norm(pair[0] - pair[1], axis=1, keepdims=True))([tower(a), tower(b)])
    model = Model([a, b], distance)
    model.compile("adam", contrastive, metrics=[told_apart])
    ```

    ## References

    - [Hadsell et al.: Dimensionality reduction by learning an invariant mapping](https://doi.org/10.1109/CVPR.2006.100)
    - [Accuracy of a siamese network](https://github.com/keras-team/keras/issues/4980)
    """

    code = "KC319"
    name = "accuracy-of-distance"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in judged_compiles(program):
            if call.network.open is not None or len(call.outputs) != 1 or not _merges(call.outputs[0]):
                continue
            if not isinstance(call.arguments.value("loss", 1), (FunctionValue, BoundMethod)):
                continue
            place = next((site for metric, site in metrics_of(call) if metric in _ACCURACY), None)
            if place is not None:
                yield Finding(
                    place,
                    "accuracy takes outputs above 0.5 for class 1; if this output is a distance, small values mean "
                    "that two things are alike: write a metric that compares accordingly",
                    anchor=call.site,
                )

    VALID = [
        # the distance goes through a sigmoid
        """
from keras import Input, Model, layers, ops
def contrastive(y_true, y_pred):
    return ops.mean((1 - y_true) * ops.square(y_pred) + y_true * ops.square(ops.maximum(1 - y_pred, 0)))
a, b = Input((12,)), Input((12,))
distance = layers.Lambda(lambda pair: ops.norm(pair[0] - pair[1], axis=1, keepdims=True))([a, b])
model = Model([a, b], layers.Dense(1, activation="sigmoid")(layers.BatchNormalization()(distance)))
model.compile("adam", contrastive, metrics=["accuracy"])
""",
        # a probability that is compared
        """
from keras import Input, Model, layers
a, b = Input((12,)), Input((12,))
model = Model([a, b], layers.Dense(1, activation="sigmoid")(layers.Subtract()([a, b])))
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
""",
        # a metric of the program
        """
from keras import Input, Model, layers, ops
def contrastive(y_true, y_pred):
    return ops.mean(y_true * ops.square(y_pred) + (1 - y_true) * ops.square(ops.maximum(1 - y_pred, 0)))
def told_apart(y_true, y_pred):
    return ops.mean(ops.equal(y_true > 0.5, y_pred < 0.5))
a, b = Input((12,)), Input((12,))
model = Model([a, b], layers.Lambda(lambda pair: ops.norm(pair[0] - pair[1], axis=1, keepdims=True))([a, b]))
model.compile("adam", contrastive, metrics=[told_apart])
""",
    ]
    INVALID = [
        Invalid(
            """
from tensorflow.keras import Model, layers
from tensorflow.keras import backend as K
def loss(margin):
    def contrastive(y_true, y_pred):
        return K.mean(y_true * K.square(y_pred) + (1 - y_true) * K.square(K.maximum(margin - y_pred, 0)))
    return contrastive
def distance(vectors):
    a, b = vectors
    return K.sqrt(K.maximum(K.sum(K.square(a - b), axis=1, keepdims=True), K.epsilon()))
a, b = layers.Input((12,)), layers.Input((12,))
tower = layers.Dense(8)
model = Model([a, b], layers.Lambda(distance, output_shape=(1,))([tower(a), tower(b)]))
model.compile(optimizer="adam", loss=loss(1.0), metrics=["accuracy"])
""",
            [
                (
                    14,
                    "accuracy takes outputs above 0.5 for class 1; if this output is a distance, small values mean "
                    "that two things are alike: write a metric that compares accordingly",
                )
            ],
        ),
    ]


def _merges(tensor: Tensor) -> bool:
    """Whether an output is a single number that something without weights makes of several tensors."""
    node = tensor.node
    if node is None or last_dim(tensor) != 1 or len(node.inputs) < 2:
        return False
    layer = node.layer
    return layer.cls == "Lambda" or (isinstance(layer.weights, list) and not layer.weights and not layer.sublayers())
