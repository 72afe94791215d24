"""Messages about files of weights."""

from __future__ import annotations

from kerascheck.explain.messages.base import SHAPE, Message

MESSAGES: tuple[Message, ...] = (
    Message(
        id="weights-ending",
        patterns=(
            r"The filename must end in `\.weights\.h5`\. Received: filepath=(?P<path>\S{1,200})",
            r"`save_weights_only=True` in `ModelCheckpoint`, the filepath provided must end in "
            r"`\.weights\.h5`.{0,60}Received: filepath=(?P<path>\S{1,200})",
        ),
        title="A file of weights must end in `.weights.h5`; {path} does not",
        page="`The filename must end in .weights.h5`",
        why="Keras 3 tells files of weights from files of models by the ending.",
        todo=(
            'Rename it: `model.save_weights("model.weights.h5")`, also in `ModelCheckpoint(..., '
            "save_weights_only=True)`",
        ),
        examples=(
            "ValueError: The filename must end in `.weights.h5`. Received: filepath=w.h5",
            "ValueError: When using `save_weights_only=True` in `ModelCheckpoint`, the filepath "
            "provided must end in `.weights.h5` (Keras weights format). Received: filepath=m.h5",
        ),
    ),
    Message(
        id="weights-count",
        patterns=(
            r"Layer count mismatch when loading weights from file\. Model expected (?P<wanted>\d+) "
            r"layers, found (?P<found>\d+) saved layers",
            r"load a weight file containing (?P<found>\d+) layers into a model with (?P<wanted>\d+) "
            r"layers",
        ),
        title="The model has {wanted} layers with weights, the file {found}",
        page="`Layer count mismatch when loading weights from file`, `You are trying to load a weight "
        "file containing 1 layers into a model with 2 layers`",
        why="Weights fit only the architecture that they were saved from. A top was added or left out "
        "(`include_top`), or the model has changed since.",
        todo=(
            "Build exactly the model that was trained, and compare `summary()` of both",
            "For a part: `load_weights(path, by_name=True)` with H5 files, or `skip_mismatch=True`",
        ),
        examples=(
            "ValueError: Layer count mismatch when loading weights from file. Model expected 2 "
            "layers, found 1 saved layers.",
            "ValueError: You are trying to load a weight file containing 1 layers into a model with 2 layers.",
        ),
    ),
    Message(
        id="weights-shape",
        patterns=(
            rf"Shape mismatch in layer #(?P<number>\d+) \(named (?P<layer>\w+)\) ?for weight "
            rf"(?P<weight>\S+)\. Weight expects shape (?P<wanted>{SHAPE})\. Received saved weight with "
            rf"shape (?P<found>{SHAPE})",
            r"A total of (?P<count>\d+) objects could not be loaded\.(?:.{0,400}could not be loaded:? "
            r"(?P<objects>\[[^\n]{1,300}))?",
            rf"(?:axes|Shape) "
            rf".{{0,40}}mismatch.{{0,80}}(?P<wanted>{SHAPE}).{{0,60}}(?P<found>{SHAPE}).{{0,40}}weight",
            r"Layer '?(?P<layer>\w+)'? expected (?P<wanted>\d+) variables, but received "
            r"(?P<found>\d+) variables",
            r"[Ll]ayer #(?P<number>\d+) \(named \"?(?P<layer>\w+)\"?.{0,100}?expects (?P<wanted>\d+) weight\(s\)"
            r".{0,60}?(?P<found>\d+) (?:element|saved weight)",
            rf"Received incompatible tensor with shape (?P<found>{SHAPE}) when attempting to restore variable with "
            rf"shape (?P<wanted>{SHAPE})",
            rf"Cannot assign value to variable ['\" ]{{0,3}}(?P<weight>[\w/:]+).{{0,40}}variable shape "
            rf"(?P<wanted>{SHAPE}), and the assigned value shape (?P<found>{SHAPE})",
        ),
        title="Saved weights do not fit {layer|the layers of the model}: expected {wanted|others}, "
        "found {found|those of another model}",
        page="`A total of 1 objects could not be loaded`, `Shape mismatch in layer #0 ... Weight "
        "expects shape`, `expected 2 variables, but received 0 variables`",
        why="The file was saved from a model of other sizes: another number of classes, units, or "
        "input channels, or another order of layers.",
        todo=(
            "Build exactly the model that was trained, and compare `summary()` of both",
            "To take over the rest only: `load_weights(path, skip_mismatch=True)`",
        ),
        examples=(
            "ValueError: A total of 1 objects could not be loaded. Example error message for object "
            "<Dense name=dense_29, built=True>:\n\nThe shape of the target variable and the shape of "
            "the target value in `variable.assign(value)` must match.",
            "ValueError: Shape mismatch in layer #0 (named dense_31)for weight "
            "sequential_34/dense_31/kernel. Weight expects shape (4, 3). Received saved weight with "
            "shape (4, 1)",
            "ValueError: Layer 'dense' expected 2 variables, but received 0 variables during "
            "loading. Expected: ['kernel', 'bias']",
            "ValueError: Cannot assign value to variable ' dense/kernel:0': Shape mismatch.The "
            "variable shape (64, 10), and the assigned value shape (64, 5) are incompatible.",
        ),
    ),
    Message(
        id="weights-file-as-model",
        patterns=(
            r"No model found in config\.(?:\s|$)",
            r"No model (?:config )?found in (?:the )?(?:config )?file(?: at (?P<path>\S{1,200}?))?\.?(?:\s|$)",
            r"Cannot create group in read[- ]only mode",
        ),
        title="The file {path|} holds weights only, not a model",
        page="`No model config found in the file`, `Cannot create group in read only mode`",
        why="`save_weights` and `ModelCheckpoint(save_weights_only=True)` write the weights without the architecture, "
        "which `load_model` needs.",
        todo=(
            "Build the model in code, then `model.load_weights(path)`",
            'Or save the whole model: `model.save("model.keras")`',
        ),
        rules=("KC703",),
        examples=(
            "ValueError: No model config found in the file at x.weights.h5.",
            "ValueError: No model found in config file.",
            "ValueError: Cannot create group in read only mode.",
        ),
    ),
    Message(
        id="optimizer-state",
        patterns=(
            r"Skipping variable loading for optimizer '(?P<name>[\w.]+)', because it has (?P<wanted>\d+) variables "
            r"whereas the saved optimizer has (?P<found>\d+) variables",
        ),
        title="A warning: the state of the optimizer was not loaded; it has {wanted} variables, the file {found}",
        page="`Skipping variable loading for optimizer 'adam', because it has 2 variables`",
        why="The weights are loaded. The optimizer has another class or other trainable weights than the saved one, or "
        "is not built yet; its moving averages begin again at zero.",
        todo=(
            "Nothing, if the model is only used for predictions",
            "To continue a training, compile with the same optimizer, or load the whole model with `load_model`",
        ),
        examples=(
            "UserWarning: Skipping variable loading for optimizer 'adam', because it has 2 variables whereas the saved "
            "optimizer has 10 variables.",
        ),
    ),
)
