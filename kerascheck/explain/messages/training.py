"""Messages of `fit`, `evaluate` and `predict` about data, and of callbacks."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.explain.messages.base import Groups, Message


def _about_history(found: Groups) -> Iterator[str]:
    name = found.get("name", "")
    if name in ("acc", "val_acc"):
        yield f'Since Keras 2.3 it is called `{name}uracy` (with `metrics=["accuracy"]` in `compile`)'
    elif name in ("accuracy", "val_accuracy"):
        yield (
            f'Compiled with `metrics=["acc"]` it is called `{name.replace("accuracy", "acc")}`; with '
            '`"binary_accuracy"` or a metric object, by the name of that'
        )
    if name.startswith("val_"):
        yield "Values with the prefix `val_` need `validation_data` or `validation_split` in `fit`"


def _about_monitor(found: Groups) -> Iterator[str]:
    if known := found.get("known"):
        yield f"Monitor one of those that there are: {known}"
    yield from _about_history(found)


MESSAGES: tuple[Message, ...] = (
    Message(
        id="generator-without-data",
        patterns=(
            r"object of type 'ImageDataGenerator' has no len\(\)",
            r"Unrecognized data type: x=<.{0,200}ImageDataGenerator object",
        ),
        title="An `ImageDataGenerator` is used as data, but it only says how images are changed",
        page="`object of type 'ImageDataGenerator' has no len()`",
        why="The data comes from its methods `flow` and `flow_from_directory`, which return what `fit` expects.",
        todo=(
            "Pass what `flow` returns: `data = generator.flow(x, y, batch_size=32)`, then `model.fit(data)`",
            "For folders: `generator.flow_from_directory(path, ...)`",
        ),
        rules=("KC211",),
        examples=("TypeError: object of type 'ImageDataGenerator' has no len()",),
    ),
    Message(
        id="data-cardinality",
        patterns=(
            r"Data cardinality is ambiguous.{0,200}?'?x'? sizes: (?P<x>[\d, ]+).{0,20}?'?y'? sizes: (?P<y>[\d, ]+)",
            r"Data cardinality is ambiguous",
            r"Input arrays should have the same number of samples as target arrays\. Found (?P<x>\d+) "
            r"input samples and (?P<y>\d+) target samples",
        ),
        title="Inputs and targets have different numbers of samples: {x|one} and {y|another}",
        page="`Data cardinality is ambiguous. Make sure all arrays contain the same number of samples`",
        why="The first axis of every array counts the samples. Often one of two splits was mixed up (`x_train` with "
        "`y_test`), rows were dropped from one of them only, windows were cut from x but not from y, or several "
        "inputs were passed as a plain list.",
        todo=(
            "Print `x.shape` and `y.shape` just before `fit`",
            "Check the order of what `train_test_split` returns: x_train, x_test, y_train, y_test",
        ),
        rules=("KC213",),
        examples=(
            "ValueError: Data cardinality is ambiguous. Make sure all arrays contain the same number "
            "of samples.'x' sizes: 8\n'y' sizes: 7",
            "ValueError: Data cardinality is ambiguous:\n  x sizes: 8\n  y sizes: 7\nMake sure all "
            "arrays contain the same number of samples.",
            "ValueError: Input arrays should have the same number of samples as target arrays. Found "
            "8 input samples and 7 target samples.",
        ),
    ),
    Message(
        id="data-type",
        patterns=(
            r"Unrecognized data type: (?P<name>\w)=.{0,2000}?\(of type <class '(?P<type>[^']{1,80})'>\)",
            r"Failed to find data adapter that can handle input",
            r"Unrecognized data type: (?P<name>\w)=",
        ),
        title="Keras does not accept `{name|x}` as data: {type|its type is not in the message}",
        page="`Unrecognized data type: x=... (of type <class 'list'>)`, `Failed to find data adapter "
        "that can handle input`",
        why="Keras takes NumPy arrays, tensors, pandas frames, `tf.data.Dataset`, `PyDataset` and generators. A list "
        "of numbers or of lists is not data for Keras 3, which reads lists as several inputs.",
        todo=(
            "Make it an array: `x = np.array(x)`, `y = np.array(y)`",
            "Of several inputs, each must be an array: `[np.array(a), np.array(b)]`",
        ),
        rules=("KC211",),
        examples=(
            "ValueError: Unrecognized data type: x=[[1.0, 2.0, 3.0, 4.0]] (of type <class 'list'>)",
            "ValueError: Failed to find data adapter that can handle input: (<class 'list'> "
            "containing values of types {\"<class 'float'>\"}), <class 'numpy.ndarray'>",
        ),
    ),
    Message(
        id="validation-split",
        patterns=(r"`validation_split` is only supported for [Tt]ensors or NumPy arrays",),
        title="`validation_split` needs arrays; a dataset or generator cannot be split",
        page="`Argument validation_split is only supported for tensors or NumPy arrays`",
        why="Keras takes the last part of the arrays for validation; of a dataset it does not know the end.",
        todo=(
            "Split before: `train = data.skip(n)`, `valid = data.take(n)`, and `fit(train, validation_data=valid)`",
            'With directories: `validation_split=0.2, subset="both", seed=1` in `image_dataset_from_directory`',
        ),
        rules=("KC423",),
        examples=(
            "ValueError: Argument `validation_split` is only supported for tensors or NumPy "
            "arrays.Found incompatible type in the input: [<class "
            "'tensorflow.python.data.ops.batch_op._BatchDataset'>]",
            "ValueError: `validation_split` is only supported for Tensors or NumPy arrays, found "
            "following types in the input: [<class 'generator'>]",
        ),
    ),
    Message(
        id="validation-split-empty",
        patterns=(
            r"Training data contains (?P<count>\d+) samples, which is not sufficient to split it into "
            r"a validation and training set as specified by `validation_split=(?P<split>[\d.]+)",
        ),
        title="{count} samples are too few for `validation_split={split}`: one of the two parts would be empty",
        page="`Training data contains 1 samples, which is not sufficient to split it`",
        why="The data has fewer samples than expected: a filter left almost nothing, or a batch axis "
        "was added to the whole data, so that it counts as one sample.",
        todo=("Print `x.shape`: the first number must be the number of samples",),
        rules=("KC213",),
        examples=(
            "ValueError: Training data contains 1 samples, which is not sufficient to split it into "
            "a validation and training set as specified by `validation_split=0.5`. Either provide "
            "more data",
        ),
    ),
    Message(
        id="targets-with-stream",
        patterns=(
            r"When providing `x` as a (?P<kind>.{1,60}?), `?(?P<name>y|sample_weight)`? should not be passed",
            r"`(?P<name>y|sample_weight)` argument is not supported when using (?P<kind>.{1,60}?) as "
            r"input",
            r"`(?P<name>y)` argument is not supported when using",
        ),
        title="With a dataset as `x`, `{name}` must not be passed: the dataset yields it",
        page="`When providing x as a tf.data.Dataset, y should not be passed`",
        why="A `tf.data.Dataset`, `PyDataset` or generator yields batches `(inputs, targets)` or `(inputs, targets, "
        "weights)` itself.",
        todo=(
            "Put the targets into the dataset: `tf.data.Dataset.from_tensor_slices((x, y)).batch(32)`, and call "
            "`fit(data)`",
        ),
        rules=("KC423",),
        examples=(
            "ValueError: When providing `x` as a tf.data.Dataset, `y` should not be passed. Instead, "
            "the targets should be included as part of the tf.data.Dataset.",
            "ValueError: `y` argument is not supported when using dataset as input.",
        ),
    ),
    Message(
        id="endless-stream",
        patterns=(
            r"[Ww]hen passing an infinitely repeating dataset, (?:you must|please) specify (?:a|the) "
            r"`?(?P<name>\w+)`?",
            r"infinitely repeating dataset",
            r"When using a generator for validation data, you must specify a value for `?(?P<name>validation_steps)",
        ),
        title="A dataset that never ends needs `{name|steps_per_epoch}`",
        page="`When passing an infinitely repeating dataset, please specify a steps_per_epoch value`",
        why="`.repeat()` without a number repeats forever, so an epoch would have no end.",
        todo=(
            "Leave out `.repeat()`, since Keras starts over in each epoch, or pass `steps_per_epoch=len(x) // "
            "batch_size`",
        ),
        rules=("KC424",),
        examples=(
            "ValueError: When passing an infinitely repeating dataset, please specify a "
            "`steps_per_epoch` value so that epoch level callbacks continue to work.",
            "ValueError: When passing an infinitely repeating dataset, you must specify the "
            "`steps_per_epoch` argument.",
        ),
    ),
    Message(
        id="ran-out-of-data",
        patterns=(r"[Yy]our (?:input|dataset|dataset iterator) ran out of data; interrupting training",),
        title="The data has fewer batches than `steps_per_epoch` (times epochs) asks for; training stopped early",
        page="`Your input ran out of data; interrupting training`",
        why="`steps_per_epoch * epochs` batches were asked for. `steps_per_epoch` counts batches, not samples. A "
        "plain generator that ends is not started again for the next epoch; data without any samples leads to the "
        "same message.",
        todo=(
            "Leave out `steps_per_epoch`, or set it to `len(data)`, the number of batches",
            "Let a generator loop forever, `while True:`, or use `.repeat()`",
            "Check that there are samples at all",
        ),
        rules=("KC425",),
        examples=(
            "UserWarning: Your input ran out of data; interrupting training. Make sure that your "
            "dataset or generator can generate at least `steps_per_epoch * epochs` batches.",
            "WARNING:tensorflow:Your input ran out of data; interrupting training.",
        ),
    ),
    Message(
        id="no-data",
        patterns=(
            r"cannot access local variable "
            r"'(?P<name>batch_outputs|logs)'",
            r"Found array with 0 (?:sample|feature)",
            r"With n_samples=0, test_size=",
            r"local variable '(?P<name>logs|batch_outputs)' "
            r"referenced before "
            r"assignment",
            r"Unexpected result of `?(?:train|test|predict)_function`? \([Ee]mpty (?:[Ll]ogs|batch_outputs)\)",
            r"Expect x to be a non-empty array or dataset",
            r"[Tt]he PyDataset has length 0|The (?:dataset|Sequence) (?:is empty|has length 0)|Asked "
            r"to retrieve element 0, but the Sequence has length 0",
        ),
        title="There is no batch of data: the arrays or the dataset are empty",
        page="`Expect x to be a non-empty array or dataset`, `Unexpected result of train_function "
        "(Empty Logs)`, `cannot access local variable 'batch_outputs'`",
        why="A filter or a split left no samples, a folder has no images, a generator is exhausted (it runs only "
        "once), or `drop_remainder=True` with a batch larger than the data.",
        todo=("Print `len(x)` or `len(data)` before the call", "Create generators again for each call"),
        examples=(
            "UnboundLocalError: cannot access local variable 'batch_outputs' where it is not associated with a value",
            "ValueError: Expect x to be a non-empty array or dataset.",
            "ValueError: Unexpected result of `train_function` (Empty Logs). This could be due to "
            "issues in input pipeline that resulted in an empty dataset.",
        ),
    ),
    Message(
        id="class-weight",
        patterns=(
            r"'(?P<type>list|str|ndarray|numpy\.ndarray)' object has no attribute 'get'",
            r"`class_weight` must (?:contain|be "
            r"a) .{0,120}",
            r"Expected `class_weight` to be a dict",
            r"`?class_weight`? is only supported "
            r"for [Mm]odels "
            r"with a single output",
        ),
        title="`class_weight` expects a dictionary from class numbers to weights",
        page="`class_weight` in a form that Keras cannot use (`'list' object has no attribute 'get'`, "
        "`Expected class_weight to be a dict`)",
        why='A list, an array or `"balanced"` (which only scikit-learn knows) does not work, and models with several '
        "outputs do not accept it.",
        todo=(
            "Write `class_weight={{0: 1.0, 1: 5.0}}`; from `compute_class_weight`: `dict(enumerate(weights))`",
            "For several outputs use `sample_weight`",
        ),
        rules=("KC426", "KC218"),
        kind=("AttributeError", "ValueError", "TypeError"),
        examples=(
            "AttributeError: 'list' object has no attribute 'get'",
            "ValueError: Expected `class_weight` to be a dict "
            "with keys from 0 to "
            "one less than the "
            "number of classes, found [1, 2]",
            "ValueError: `class_weight` is only supported for Models with a single output.",
        ),
    ),
    Message(
        id="monitor",
        patterns=(
            r"(?:[Ee]arly ?[Ss]topping|ReduceLROnPlateau|[Ll]earning rate reduction|Reduce LR on "
            r"plateau|\w+) (?:is )?conditioned on metric `(?P<name>\w+)` which is not available\. "
            r"Available metrics are:? (?P<known>[\w,` ]{1,300})",
            r"(?P<callback>\w+) callback received monitor=(?P<name>\w+), but Keras isn't able to "
            r"automatically determine",
            r"Can save best model only with (?P<name>\w+) available",
        ),
        title="A callback monitors `{name}`, which this training does not compute",
        page="`Early stopping conditioned on metric val_acc which is not available`, `Can save best "
        "model only with val_acc available, skipping`",
        why="Callbacks see what is printed after each epoch: `loss`, the compiled metrics by name, and, with "
        "validation data, the same with the prefix `val_`. A name that is not among them makes the callback do "
        "nothing, or stop with an error.",
        todo=(
            'Use a name that `fit` prints; `val_accuracy` needs `metrics=["accuracy"]` and validation data',
            'Pass a fixed name to metric objects, `Precision(name="precision")`: without one they are numbered, '
            "`precision_1`",
        ),
        more=_about_monitor,
        rules=("KC428", "KC429"),
        examples=(
            "UserWarning: Early stopping conditioned on metric `val_loss` which is not available. "
            "Available metrics are: loss",
            "ValueError: EarlyStopping callback received monitor=val_acc, but Keras isn't able to "
            "automatically determine whether that metric should be maximized or minimized.",
            "WARNING:tensorflow:Early stopping conditioned on metric `val_acc` which is not "
            "available. Available metrics are: loss,accuracy,val_loss,val_accuracy",
            "WARNING:tensorflow:Can save best model only with val_acc available, skipping.",
        ),
    ),
    Message(
        id="missing-history-key",
        patterns=(
            r"^'?(?P<name>(?:val_)?(?:acc|accuracy|loss|mae|mse|mean_absolute_error|mean_squared_error|auc(?:_\d+)?|precision(?:_\d+)?|recall(?:_\d+)?|f1\w*|binary_accuracy|"
            r"categorical_accuracy|sparse_categorical_accuracy|lr|learning_rate))'?\s*$",
            r"KeyError: '(?P<name>val_\w+|acc|accuracy|loss|lr)'",
        ),
        title="`history.history` has no `{name}`",
        page="`KeyError: 'val_accuracy'`, `KeyError: 'acc'`, `KeyError: 'val_loss'`",
        why="The keys are the names that `fit` prints: `loss`, the metrics of `compile`, and, with validation data, "
        "the same with the prefix `val_`.",
        todo=("Print `history.history.keys()` and use one of those",),
        more=_about_history,
        rules=("KC428",),
        kind=("KeyError", ""),
        examples=("KeyError: 'val_loss'", "KeyError: 'acc'", "KeyError: 'val_accuracy'"),
    ),
    Message(
        id="not-a-callback",
        patterns=(
            r"'(?P<type>\w+)' object has no attribute "
            r"'(?:set_model|set_params|on_train_begin|_implements_train_batch_hooks)'",
            r"set_model\(\) missing 1 required "
            r"positional "
            r"argument: 'model'",
            r"set_params\(\) missing 1 required positional argument",
        ),
        title="Something in `callbacks` is not a callback: {type|a class instead of an object}",
        page="`'str' object has no attribute 'set_model'`, `set_model() missing 1 required positional argument`",
        why="`callbacks` is a list of instances of `keras.callbacks.Callback`. A class without parentheses, a "
        "function or a string is not one, nor, in Keras 2, is a callback of the other package (`keras` and "
        "`tensorflow.keras`).",
        todo=(
            "Create the instance: `EarlyStopping(patience=3)`",
            "Wrap a function: `keras.callbacks.LambdaCallback(on_epoch_end=...)` or `LearningRateScheduler(f)`",
        ),
        rules=("KC431",),
        examples=(
            "AttributeError: 'str' object has no attribute 'set_model'",
            "TypeError: Callback.set_model() missing 1 required positional argument: 'model'",
        ),
    ),
    Message(
        id="history-as-model",
        patterns=(r"'History' object has no attribute '(?P<name>\w+)'",),
        title="`{name}` is used on what `fit` returns: the history, not the model",
        page="`'History' object has no attribute 'predict'` (or `evaluate`, `save`)",
        why="`model = model.fit(...)` replaces the model by its history.",
        todo=(
            "Keep both: `history = model.fit(...)`, then `model.{name}(...)`",
            "The logged values are in `history.history`",
        ),
        examples=("AttributeError: 'History' object has no attribute 'predict'",),
    ),
    Message(
        id="input-structure",
        patterns=(
            r"The structure of `inputs` doesn't match the expected structure\.(?: Expected: (?P<wanted>[^\n]{1,200}))?",
        ),
        title="A warning: the inputs have another structure than those that the model was built with",
        page="`The structure of inputs doesn't match the expected structure`",
        why="The model was built with a list or dictionary of inputs and receives a plain tensor, or the other way "
        "round.",
        todo=("Pass what the model was built with: `Model(inputs=x)` for one tensor, a list for `Model(inputs=[x])`",),
        rules=("KC211",),
        examples=(
            "UserWarning: The structure of `inputs` doesn't match the expected structure.\nExpected: "
            "[['keras_tensor']]\nReceived: inputs=Tensor(shape=(8, 4))",
        ),
    ),
    Message(
        id="retracing",
        patterns=(r"(?P<count>\d+) out of the last \d+ calls to .{0,200}triggered tf\.function retracing",),
        title="A warning: TensorFlow builds its graph again and again, which is slow",
        page="`5 out of the last 5 calls to <function> triggered tf.function retracing`",
        why="`predict` (or a `tf.function`) is called in a loop with arrays of changing shapes or with Python "
        "numbers, or a model is created in each round.",
        todo=(
            "Predict many samples in one call, or call the model itself for a few: `model(x, training=False)`",
            "Create models and functions once, outside of loops; pass tensors of one shape",
        ),
        examples=(
            "WARNING:tensorflow:6 out of the last 6 calls to <function "
            "TensorFlowTrainer.make_predict_function.<locals>.one_step_on_data_distributed at 0x7f> "
            "triggered tf.function retracing. Tracing is expensive",
        ),
    ),
    Message(
        id="generator-form",
        patterns=(
            r"the generator must return a tuple, either \(input,\) or \(inputs, targets\)",
            r"Output of generator should be a tuple",
            r"Please provide model inputs as a list or tuple of 2 or 3 elements",
        ),
        title="The generator yields something that is not a tuple `(inputs, targets)`",
        page="`the generator must return a tuple, either (input,) or (inputs, targets)`",
        why="Keras 3 tells inputs from targets by the tuple; a list counts as several inputs.",
        todo=("Yield a tuple: `yield x, y`, not `yield [x, y]`",),
        rules=("KC438",),
        examples=(
            "ValueError: When passing a Python generator to a Keras model, the generator must return a tuple, either "
            "(input,) or (inputs, targets) or (inputs, targets, sample_weights). Received: [array([[0.]])]",
            "ValueError: Output of generator should be a tuple `(x, y, sample_weight)` or `(x, y)`. Found: [[1,2]]",
        ),
    ),
    Message(
        id="pydataset-super",
        patterns=(r"Your `?PyDataset`? class should call `?super\(\)\.__init__\(\*\*kwargs\)`?",),
        title="A warning: the constructor of your `PyDataset` does not call `super().__init__(**kwargs)`",
        page="`Your PyDataset class should call super().__init__(**kwargs) in its constructor`",
        why="In Keras 3, `workers`, `use_multiprocessing` and `max_queue_size` are arguments of the dataset, not of "
        "`fit`.",
        todo=("Accept `**kwargs` in `__init__`, and begin it with `super().__init__(**kwargs)`",),
        examples=(
            "UserWarning: Your `PyDataset` class should call `super().__init__(**kwargs)` in its constructor. "
            "`**kwargs` can include `workers`, `use_multiprocessing`, `max_queue_size`.",
        ),
    ),
    Message(
        id="stateful-batch",
        patterns=(
            r"When using `?stateful=True`? in a RNN, the batch size must be static",
            r"If a RNN is stateful, it needs to know its batch size",
            r"In a stateful network, you should only pass inputs with a number of samples that can be divided",
        ),
        title="A recurrent layer with `stateful=True` needs a fixed batch size",
        page="`When using stateful=True in a RNN, the batch size must be static`, `If a RNN is stateful, it needs to "
        "know its batch size`",
        why="The state of each row of a batch is kept for the next batch, so all batches must be of one size.",
        todo=(
            "Begin the model with `keras.Input(batch_shape=(32, steps, features))`, and use only whole batches of 32",
            "Or leave out `stateful=True`, which is only needed when a long sequence is split over several batches",
        ),
        rules=("KC205", "KC449"),
        examples=(
            "ValueError: When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size: "
            "sequence.shape=(None, 4, 3)",
            "ValueError: If a RNN is stateful, it needs to know its batch size. Specify the batch size of your input "
            "tensors",
        ),
    ),
    Message(
        id="schedule-and-callback",
        patterns=(
            r"This optimizer(?: instance)? was created with a `?LearningRateSchedule`? object as its `?learning_rate`? "
            r"constructor argument, hence its learning rate is not settable",
        ),
        title="A callback sets the learning rate, which follows a schedule of the optimizer",
        page="`This optimizer was created with a LearningRateSchedule object, hence its learning rate is not settable`",
        why="With a schedule as `learning_rate`, the optimizer computes the rate in each step; `ReduceLROnPlateau` and "
        "`LearningRateScheduler` cannot set it, too.",
        todo=("Keep one of the two: the schedule, or a number and the callback",),
        rules=("KC442",),
        examples=(
            "TypeError: This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` "
            "constructor argument, hence its learning rate is not settable.",
        ),
    ),
    Message(
        id="schedule-value",
        patterns=(r"The output of the `?schedule`? function should be a float\. ?Got: (?P<value>[^\n]{1,80})",),
        title="The function of `LearningRateScheduler` returns {value} instead of a float",
        page="`The output of the schedule function should be a float`",
        why="In some branch there is no `return`, or it returns an integer or a tensor.",
        todo=("Return `float(...)` in all branches",),
        examples=("ValueError: The output of the `schedule` function should be a float. Got: None",),
    ),
)
