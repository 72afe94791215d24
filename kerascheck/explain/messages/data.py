"""Messages of numpy, scikit-learn and loaders about data on its way to the model."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.explain.messages.base import SHAPE, Groups, Message, sizes


def _about_reshape(found: Groups) -> Iterator[str]:
    total, shape = found.get("size", ""), sizes(found.get("shape", ""))
    if not total.isdigit() or not all(size.lstrip("-").isdigit() for size in shape):
        return
    rest = 1
    for size in shape[1:]:
        rest *= abs(int(size))
    if shape and rest and int(total) % rest == 0:
        free = ", ".join(["-1", *shape[1:]])
        yield f"With {int(total) // rest} as the first size it works; write -1 there: `reshape({free})`"
    elif len(shape) == 3 and shape[-1].isdigit() and int(total) % 3 == 0:
        yield "If these are colour images, the last axis has 3 channels"


MESSAGES: tuple[Message, ...] = (
    Message(
        id="object-array",
        patterns=(
            r"Failed to convert a NumPy array to a Tensor \(Unsupported object type (?P<type>[\w.]+)\)",
            r"Invalid dtype: (?P<type>object)",
            r"setting an array element with a sequence",
            r"Can't convert non-rectangular Python sequence to Tensor",
            r"Can't convert Python sequence with mixed types to Tensor",
        ),
        title="The data is not an array of numbers: its elements are {type|of different lengths}",
        page="`Failed to convert a NumPy array to a Tensor (Unsupported object type list)`, `Invalid "
        "dtype: object`, `setting an array element with a sequence`",
        why="An array of dtype `object` holds Python objects: rows of different lengths, strings "
        "among the numbers, None, or a frame with columns of mixed types.",
        todo=(
            "Print `x.dtype` and `x.shape`; make it numbers with "
            '`np.asarray(x).astype("float32")`, which says where that is not possible',
            "Pad sequences to one length: `keras.utils.pad_sequences(x)`",
            'Arrays in the cells of a frame: `np.stack(frame["column"])`',
            "Encode columns of text as numbers",
        ),
        rules=("KC211",),
        examples=(
            "ValueError: Failed to convert a NumPy array to a Tensor (Unsupported object type list).",
            "ValueError: Invalid dtype: object",
            "ValueError: Can't convert non-rectangular Python sequence to Tensor.",
            "ValueError: setting an array element with a sequence. The requested array has an "
            "inhomogeneous shape after 1 dimensions.",
        ),
    ),
    Message(
        id="string-data",
        patterns=(
            r"could not convert string to float: (?P<value>[^\n]{1,100})",
            r"Invalid dtype: (?P<value>str\d*|<U\d+)",
            r"Cast string to \w+ is not supported",
            r"[Uu]func '?\w+'? did not contain a loop with signature matching types .{0,60}(?:Str|str|<U)",
        ),
        title="The data holds text where numbers are needed: {value|strings}",
        page="`could not convert string to float`, `Invalid dtype: str`, `Cast string to float is not supported`",
        why="A column of categories, an identifier, a date, labels as words, or a header row are "
        "among the features or targets.",
        todo=(
            "Features: drop the column, or encode it (`pd.get_dummies`, `OneHotEncoder`, `StringLookup`)",
            "Labels: `LabelEncoder().fit_transform(y)` or `StringLookup`",
            "Text as such goes through `TextVectorization` first",
        ),
        rules=("KC211",),
        examples=(
            "ValueError: could not convert string to float: np.str_('a')",
            "ValueError: Invalid dtype: str32",
            "UnimplementedError: Graph execution error: Cast string to float is not supported",
        ),
    ),
    Message(
        id="reshape-numpy",
        patterns=(
            rf"cannot reshape array of size (?P<size>\d+) into shape (?P<shape>{SHAPE})",
            r"Input to reshape is a tensor with (?P<size>\d+) values, but the requested shape has "
            r"(?P<wanted>\d+)",
        ),
        title="{size} values cannot be reshaped to {shape|an array of another number of values}",
        page="`cannot reshape array of size ... into shape`, `Input to reshape is a tensor with ... values`",
        why="The sizes of the new shape must multiply to the number of values. A wrong number of samples, a missing "
        "channel axis, greyscale instead of colour, or another image size are the usual causes.",
        todo=(
            "Let NumPy compute one size: `x.reshape(-1, 28, 28, 1)`, or `x.reshape(len(x), -1)` to flatten",
            "Print `x.shape` before it",
        ),
        more=_about_reshape,
        rules=("KC220",),
        examples=(
            "ValueError: cannot reshape array of size 47040 into shape (60,785)",
            "InvalidArgumentError: {{function_node __wrapped__Reshape}} Input to reshape is a tensor "
            "with 168 values, but the requested shape has 196 [Op:Reshape]",
        ),
    ),
    Message(
        id="broadcast-numpy",
        patterns=(
            rf"operands could not be broadcast together with (?:remapped )?shapes (?P<one>{SHAPE}) "
            rf"(?P<other>{SHAPE})",
            r"could not broadcast input array from shape (?P<one>\([^)]{0,80}\)) into shape "
            r"(?P<other>\([^)]{0,80}\))",
        ),
        title="Arrays of the shapes {one} and {other} cannot be combined element by element",
        page="`operands could not be broadcast together with shapes`",
        why="From the last axis on, sizes must be equal or 1. Predictions of shape (n, 1) against "
        "labels (n,), or statistics along the wrong axis lead to it.",
        todo=("Bring both to one shape: `p.ravel()`, `y[:, None]`, `mean(axis=0, keepdims=True)`",),
        rules=("KC220",),
        examples=(
            "ValueError: operands could not be broadcast together with shapes (3,4) (3,)",
            "ValueError: could not broadcast input array from shape (224,224) into shape (224,224,3)",
        ),
    ),
    Message(
        id="one-hot-index",
        patterns=(r"index (?P<value>-?\d+) is out of bounds for axis (?P<axis>\d+) with size (?P<size>\d+)",),
        title="Index {value} is beyond axis {axis}, which has {size} elements (0 to {last})",
        page="`index 10 is out of bounds for axis 1 with size 10` (from `to_categorical` and others)",
        why="From `to_categorical` it means that a label is not smaller than `num_classes`: labels that count from 1, "
        "or one class too many. Elsewhere an index goes beyond the array.",
        todo=(
            "Leave out `num_classes`, or set it to the largest label plus one; labels from 1 on: "
            "`to_categorical(y - 1)`",
        ),
        rules=("KC220",),
        examples=("IndexError: index 3 is out of bounds for axis 1 with size 3",),
    ),
    Message(
        id="samples-inconsistent",
        patterns=(r"Found input variables with inconsistent numbers of samples: (?P<sizes>\[[^\]]{1,80}\])",),
        title="Arrays with different numbers of samples: {sizes}",
        page="`Found input variables with inconsistent numbers of samples`",
        why="scikit-learn compares or splits arrays row by row, so all must have as many rows.",
        todo=("Print the shapes of all arrays, and check which step dropped rows from one of them only",),
        rules=("KC220", "KC410"),
        examples=("ValueError: Found input variables with inconsistent numbers of samples: [8, 7]",),
    ),
    Message(
        id="metric-mix",
        patterns=(
            r"Classification metrics can't handle a mix of (?P<one>[\w-]+) and (?P<other>[\w-]+) "
            r"targets",
            r"(?P<other>multilabel-indicator|continuous) is not supported",
        ),
        title="A metric of scikit-learn compares {one|classes} with {other} values: turn the predictions into classes "
        "first",
        page="`Classification metrics can't handle a mix of binary and continuous targets`",
        why="`model.predict` returns probabilities; `confusion_matrix`, `accuracy_score` and the like expect class "
        "numbers on both sides.",
        todo=(
            "After softmax: `model.predict(x).argmax(axis=1)`; one sigmoid unit: `(model.predict(x) "
            "> 0.5).astype(int).ravel()`",
            "One-hot labels: `y.argmax(axis=1)`",
        ),
        rules=("KC435",),
        examples=(
            "ValueError: Classification metrics can't handle a mix of binary and continuous targets",
            "ValueError: Classification metrics can't handle a mix of multiclass and multilabel-indicator targets",
        ),
    ),
    Message(
        id="sklearn-2d",
        patterns=(
            r"Expected 2D array, got (?P<found>\d)D array instead",
            r"Found array with dim (?P<found>\d), while dim <= 2 is required by (?P<name>\w+)",
            r"Found array with dim (?P<found>\d)\. (?P<name>\w+) expected <= 2",
        ),
        title="scikit-learn expects arrays of two axes, samples and features; this one has {found}",
        page="`Expected 2D array, got 1D array instead`, `Found array with dim 3`",
        why="Scalers and estimators accept neither images or sequences nor a single column as a one-dimensional array.",
        todo=(
            "One feature: `x.reshape(-1, 1)`",
            "Images or sequences: `x.reshape(len(x), -1)`, and back to the old shape afterwards",
        ),
        rules=("KC220",),
        examples=(
            "ValueError: Expected 2D array, got 1D array instead:\narray=[0. 0. 0.].\nReshape your "
            "data either using array.reshape(-1, 1)",
            "ValueError: Found array with dim 3, while dim <= 2 is required by StandardScaler.",
        ),
    ),
    Message(
        id="images-missing",
        patterns=(
            r"No images found in directory (?P<path>[^\n]{1,200}?)\. Allowed",
            r"Found 0 images belonging to",
            r"Found 0 files belonging",
            r"No (?:text|audio) files found in directory (?P<path>[^\n]{1,200}?)\.",
        ),
        title="No images were found in {path|the folder}",
        page="`No images found in directory`, `Found 0 images belonging to 0 classes`",
        why="The loaders expect one folder per class inside this folder: `data/train/cats/1.jpg`. The path may be one "
        "level too deep or too high, relative to another working folder, or the files have other extensions.",
        todo=(
            "Print `os.getcwd()` and `os.listdir(path)`",
            "For folders without classes: `labels=None` (or `class_mode=None` and the folder above)",
        ),
        examples=(
            "ValueError: No images found in directory empty. Allowed formats: ('.bmp', '.gif', "
            "'.jpeg', '.jpg', '.png')",
            "Found 0 images belonging to 0 classes.",
        ),
    ),
    Message(
        id="generator-rank",
        patterns=(
            rf"Input data in `?NumpyArrayIterator`? should have rank 4\. You passed an array with "
            rf"shape['\",]* ?(?P<shape>{SHAPE})",
            rf"Input to `?\.fit\(\)`? should have rank 4\. Got array with shape: ?(?P<shape>{SHAPE})",
        ),
        title="`ImageDataGenerator` expects images of four axes (samples, height, width, channels), not {shape}",
        page="`Input data in NumpyArrayIterator should have rank 4`",
        why="Greyscale images need a channel axis of size 1.",
        todo=("Add it: `x = x[..., None]`",),
        examples=(
            "ValueError: ('Input data in `NumpyArrayIterator` should have rank 4. You passed an "
            "array with shape', (3, 28, 28))",
            "ValueError: Input to `.fit()` should have rank 4. Got array with shape: (3, 28, 28)",
        ),
    ),
    Message(
        id="metric-average",
        patterns=(r"Target is multiclass but average='binary'",),
        title="A metric of scikit-learn for two classes receives more than two",
        page="`Target is multiclass but average='binary'`",
        why="`precision_score`, `recall_score` and `f1_score` need to know how to combine several classes.",
        todo=('Pass `average="macro"` or `"weighted"`, or print `classification_report(y, p)`',),
        examples=(
            "ValueError: Target is multiclass but average='binary'. Please choose another average "
            "setting, one of [None, 'micro', 'macro', 'weighted'].",
        ),
    ),
)
