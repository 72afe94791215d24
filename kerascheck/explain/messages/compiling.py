"""Messages of `compile`, losses, optimizers and metrics."""

from __future__ import annotations

from kerascheck.explain.messages.base import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        id="not-compiled",
        patterns=(
            r"You must (?:call `compile\(\)`|compile your model) before",
            r"[Tt]he model needs to be compiled before being used",
        ),
        title="The model is trained or evaluated without having been compiled",
        page="`You must call compile() before using the model`, `You must compile your model before training/testing`",
        why="`compile` sets the loss, optimizer and metrics of a model. It may have been called on another object, or "
        "the model was created again after it (`clone_model`, `load_model(..., compile=False)`).",
        todo=(
            'Call `model.compile(optimizer="adam", loss=..., metrics=[...])` on this model before `fit` or '
            "`evaluate`; `predict` works without",
        ),
        rules=("KC420",),
        examples=(
            "ValueError: You must call `compile()` before using the model.",
            "RuntimeError: You must compile your model before training/testing. Use `model.compile(optimizer, loss)`.",
            "RuntimeError: The model needs to be compiled before being used.",
        ),
    ),
    Message(
        id="no-loss",
        patterns=(
            r"No loss to compute\. Provide a `loss` argument",
            r"The model cannot be compiled because it has no loss to optimize",
            r"No loss found\. You may have forgotten to provide a `loss` argument",
        ),
        title="The model is trained without a loss",
        page="`No loss to compute. Provide a loss argument in compile()`",
        why="`compile` was called without `loss`, and no layer adds a loss of its own.",
        todo=(
            "Pass a loss to `compile`: `mse` for numbers, `binary_crossentropy` for one sigmoid unit, "
            "`sparse_categorical_crossentropy` for class numbers and softmax",
        ),
        rules=("KC217",),
        examples=(
            "ValueError: No loss to compute. Provide a `loss` argument in `compile()`.",
            "ValueError: No loss found. You may have forgotten to provide a `loss` argument in the `compile()` method.",
        ),
    ),
    Message(
        id="unknown-optimizer",
        patterns=(
            r"Could not interpret optimizer identifier: ?(?P<name>[^\n]{1,120})",
            r"Unknown optimizer: ?'?(?P<name>[\w.]+)",
        ),
        title="{name} is not an optimizer of this Keras",
        page="`Could not interpret optimizer identifier`, `Unknown optimizer`",
        why="The name is misspelled; or the object comes from another package (`tensorflow.keras` beside `keras` or "
        "`tf_keras`), or from `keras.optimizers.legacy`.",
        todo=(
            "Import optimizer and model from the same package: `from keras.optimizers import Adam`",
            "By name: adam, sgd, rmsprop, adamw, adagrad, nadam and others",
        ),
        rules=("KC434",),
        examples=(
            "ValueError: Could not interpret optimizer identifier: adamm",
            "ValueError: Could not interpret optimizer identifier: <keras.optimizers.Adam object at 0x7f>",
            "ValueError: Unknown optimizer: 'adamm'. Please ensure you are using a `keras.utils.custom_object_scope`",
        ),
    ),
    Message(
        id="optimizer-argument",
        patterns=(
            r"Argument\(s\) not recognized: \{'(?P<name>\w+)'",
            r"Argument `(?P<name>decay|lr)` is no longer supported",
            r"`?(?P<name>lr)`? is deprecated.{0,60}`learning_rate`",
            r"(?P<name>decay) is deprecated in the new Keras optimizer",
        ),
        title="Optimizers no longer have the argument `{name}`",
        page="`Argument(s) not recognized: {'lr': 0.1}`, `decay is deprecated in the new Keras optimizer`",
        why="`lr` is called `learning_rate`. `decay` is replaced by a schedule.",
        todo=(
            "Write `Adam(learning_rate=0.001)`",
            "For `decay`: `learning_rate=keras.optimizers.schedules.InverseTimeDecay(...)` or `ExponentialDecay(...)`",
        ),
        rules=("KC206",),
        examples=(
            "ValueError: Argument(s) not recognized: {'lr': 0.1}",
            "UserWarning: Argument `decay` is no longer supported and will be ignored.",
            "ValueError: decay is deprecated in the new Keras optimizer, please check the docstring "
            "for valid arguments, or use the legacy optimizer",
        ),
    ),
    Message(
        id="unknown-loss",
        patterns=(
            r"Could not interpret loss(?: function)? identifier: ?(?P<name>[^\n]{1,80})",
            r"Unknown loss(?: function)?: ?'?(?P<name>[\w.]+)",
        ),
        title="There is no loss called {name}",
        page="`Could not interpret loss identifier`, `Unknown loss function`",
        why="The name is misspelled, or it is the name of a custom function, which must be passed itself. From "
        "`load_model` it means that the file names a custom loss.",
        todo=(
            "By name: mse, mae, binary_crossentropy, categorical_crossentropy, "
            "sparse_categorical_crossentropy, huber, kl_divergence and others",
            'Pass a custom function itself, `loss=my_loss`; when loading, `custom_objects={{"my_loss": my_loss}}` or '
            "`compile=False`",
        ),
        rules=("KC434",),
        examples=(
            "ValueError: Could not interpret loss identifier: 3",
            "ValueError: Unknown loss function: crossentropy. Please ensure this object is passed to "
            "the `custom_objects` argument.",
            "ValueError: Unknown loss function: 'dice'. Please ensure you are using a "
            "`keras.utils.custom_object_scope`",
        ),
    ),
    Message(
        id="unknown-metric",
        patterns=(
            r"Could not interpret metric(?: function)? identifier: ?(?P<name>[^\n]{1,80})",
            r"Unknown metric(?: function)?: ?'?(?P<name>[\w.]+)",
        ),
        title="There is no metric called {name}",
        page="`Could not interpret metric identifier`, `Unknown metric function: f1_score`",
        why="`f1`, `precision` and `recall` were removed in Keras 2.0; as objects they are "
        "`keras.metrics.F1Score()`, `Precision()` and `Recall()`.",
        todo=(
            "Pass objects: `metrics=[keras.metrics.Precision(), keras.metrics.Recall()]`",
            "Pass a custom function itself; when loading, pass it in `custom_objects`, or pass `compile=False`",
        ),
        rules=("KC434", "KC501"),
        examples=(
            "ValueError: Could not interpret metric identifier: f1",
            "ValueError: Unknown metric function: 'f1_score'. Please ensure you are using a "
            "`keras.utils.custom_object_scope`",
            "ValueError: Unknown metric function:f1",
        ),
    ),
    Message(
        id="metrics-form",
        patterns=(
            r"Expected `(?P<name>metrics|weighted_metrics|loss|loss_weights)` (?:argument )?to be a "
            r"list, tuple,? or dict\. Received instead: (?P<value>[^\n]{1,120})",
            r"Type of `(?P<name>metrics)` argument not understood\. Expected a list or dictionary, "
            r"found: (?P<value>[^\n]{1,80})",
        ),
        title="`{name}` of `compile` expects a list",
        page="`Expected metrics argument to be a list, tuple, or dict`",
        why="A single metric goes into a list, too.",
        todo=('Write `metrics=["accuracy"]`',),
        rules=("KC434",),
        examples=(
            "ValueError: Expected `metrics` argument to be a list, tuple, or dict. Received instead: "
            "metrics=3 of type <class 'int'>",
            "TypeError: Type of `metrics` argument not understood. Expected a list or dictionary, found: accuracy",
        ),
    ),
    Message(
        id="metrics-per-output",
        patterns=(
            r"when providing the `(?P<name>metrics|weighted_metrics|loss)` argument as a list, it "
            r"should have as many entries as the model has outputs",
            r"Invalid `(?P<name>metrics|weighted_metrics)`\. `\w+` should contain metrics objects and either be",
        ),
        title="A model with several outputs expects `{name}` for each of them",
        page="`For a model with multiple outputs, when providing the metrics argument as a list`, `Invalid metrics`",
        why="A flat list is read as one entry for each output.",
        todo=('Pass a dictionary by output: `{name}={{"out_a": [...], "out_b": [...]}}`, or a list of lists',),
        rules=("KC216",),
        examples=(
            "ValueError: For a model with multiple outputs, when providing the `metrics` argument as "
            "a list, it should have as many entries as the model has outputs. "
            "Received:\nmetrics=['mae']\nof length 1 whereas the model has 2 outputs.",
        ),
    ),
    Message(
        id="loss-structure",
        patterns=(
            r"Expected keys (?P<wanted>\[[^\]]{0,300}\]) in loss dict, but found "
            r"loss\.keys\(\)=(?P<found>\[[^\]]{0,300}\])",
            r"The path: (?P<path>\([^)]{0,60}\)) in the `loss` argument, can't be found in either the "
            r"model's output \(`y_pred`\) or in the labels",
            r"Found unexpected (?:losses|keys).{0,80}do not correspond to any Model output: "
            r".{0,10}(?P<found>\[[^\]]{0,200}\]).{0,60}names: (?P<wanted>\[[^\]]{0,200}\])",
        ),
        title="Losses, outputs and targets do not match{wanted| in number or name}",
        page="`Expected keys in loss dict`, `The path: (1,) in the loss argument, can't be found in "
        "either the model's output or in the labels`",
        why="A model with several outputs needs one target for each, and one loss for each or one "
        "for all. They are matched by position in lists, by the name of the "
        "output layer in dictionaries.",
        todo=(
            "Pass as many targets as the model has outputs: `fit(x, [y1, y2])`",
            "In dictionaries use the names of the output layers: {wanted|see model.output_names}",
        ),
        rules=("KC216",),
        examples=(
            "KeyError: \"The path: (2,) in the `loss` argument, can't be found in either the model's "
            'output (`y_pred`) or in the labels (`y_true`)."',
            "ValueError: Expected keys ['a', 'b'] in loss dict, but found loss.keys()=['a', 'c']",
            "ValueError: Found unexpected losses or metrics that do not correspond to any Model "
            "output: dict_keys(['x']). Valid mode output names: ['y'].",
        ),
    ),
    Message(
        id="foreign-optimizer",
        patterns=(
            r"Unknown variable: .{0,200}This optimizer can only be called for the variables it was "
            r"originally built with",
            r"optimizer.{0,40}not created with this variable|The optimizer cannot recognize variable "
            r"(?P<name>\S+)",
        ),
        title="One optimizer object is used for two models, or the trainable layers changed after it was built",
        page="`Unknown variable ... This optimizer can only be called for the variables it was originally built with`",
        why="An optimizer keeps state for each weight that it trains, and is tied to the weights that it was built "
        "for. Making layers trainable for fine-tuning, or a new model, brings others.",
        todo=(
            "Compile again with a new optimizer object, `keras.optimizers.Adam(...)`, after changing "
            "`trainable` and for each model",
        ),
        examples=(
            "ValueError: Unknown variable: <Variable path=sequential_25/dense_36/kernel, shape=(4, "
            "3), dtype=float32>. This optimizer can only be called for the variables it was "
            "originally built with.",
            "KeyError: 'The optimizer cannot recognize variable dense_1/kernel:0. This usually means "
            "you are trying to call the optimizer to update different parts of the model separately.'",
        ),
    ),
    Message(
        id="no-gradients",
        patterns=(
            r"No gradients provided for any variable",
            r"The model does not have any trainable weights",
            r"has `None` for gradient\. Please make sure",
        ),
        title="No weight influences the loss",
        page="`No gradients provided for any variable`",
        why="Backpropagation is interrupted between the loss and the weights: the loss does not use `y_pred`, was "
        "computed outside of `GradientTape`, went through NumPy, `argmax`, `round` or a comparison, or a dataset "
        "yields no targets (it must yield `(x, y)`).",
        todo=(
            "Compute the loss inside `with tf.GradientTape()` from the outputs of the model, with "
            "functions of TensorFlow or `keras.ops`",
            "Check that the loss function uses `y_pred`, and that nothing in it rounds or compares",
        ),
        examples=(
            "ValueError: No gradients provided for any variable.",
            "ValueError: No gradients provided for any variable: ['dense/kernel:0', 'dense/bias:0'].",
        ),
    ),
    Message(
        id="learning-rate",
        patterns=(
            r"Argument `?learning_rate`? should be float, or an instance of LearningRateSchedule.{0,200}Received "
            r"instead: learning_rate=(?P<value>[^\n]{1,80})",
        ),
        title="`learning_rate` expects a float or a schedule, not {value}",
        page="`Argument learning_rate should be float, or an instance of LearningRateSchedule`",
        why="Keras 3 does not take an integer, a string or a tensor.",
        todo=("Write `learning_rate=1e-3`; convert what was read from a file: `float(value)`",),
        rules=("KC427",),
        examples=(
            "ValueError: Argument `learning_rate` should be float, or an instance of LearningRateSchedule, or a "
            "callable (that takes in the current iteration value and returns the corresponding learning rate value). "
            "Received instead: learning_rate=1",
        ),
    ),
    Message(
        id="metric-unbuilt",
        patterns=(r"Cannot get result\(\) since the metric has not yet been built",),
        title="The compiled metrics are read before the model has seen data",
        page="`Cannot get result() since the metric has not yet been built`",
        why="Keras 3 builds the metrics of `compile` with the first batch.",
        todo=("Call `fit` or `evaluate` first, or use a metric object directly",),
        examples=("ValueError: Cannot get result() since the metric has not yet been built.",),
    ),
)
