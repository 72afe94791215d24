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
            r"can't convert np\.ndarray of type numpy\.(?P<type>object)_",
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
            r"Cannot reshape a tensor with (?P<size>\d+) elements to shape (?P<shape>\[[^\]]{0,80}\])",
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
    Message(
        id="not-an-array",
        patterns=(
            r"'(?P<type>list|tuple|DataFrame|Series|\w*Iterator|\w*Dataset)' object has no attribute "
            r"'(?P<name>shape|reshape|ndim|astype|dtype)'",
        ),
        title="`{name}` is used on a `{type}`, which is not an array",
        page="`'list' object has no attribute 'shape'`, `'DataFrame' object has no attribute 'reshape'`",
        why="Only arrays and tensors have shapes that can be changed. A list of numbers or arrays is not an array, a "
        "frame has `shape` but no `reshape`, and a dataset or generator yields batches.",
        todo=(
            "Make it an array first: `x = np.array(x)`, of a frame `x = frame.to_numpy()`",
            "To look at a dataset: `x, y = next(iter(data))`",
        ),
        examples=(
            "AttributeError: 'list' object has no attribute 'shape'",
            "AttributeError: 'DataFrame' object has no attribute 'reshape'",
            "AttributeError: 'DirectoryIterator' object has no attribute 'shape'",
        ),
    ),
    Message(
        id="missing-values",
        patterns=(
            r"Input(?: [Xy])? contains (?P<what>NaN|infinity)",
            r"float\(\) argument must be a string or a (?:real )?number, not '(?P<what>NAType|NaTType|NoneType)'",
            r"Cannot convert (?:non-finite values \((?P<what>NA or inf)\)|float NaN) to integer",
        ),
        title="Values are missing in the data ({what|NaN})",
        page="`Input contains NaN`, `float() argument must be a string or a real number, not 'NAType'`",
        why="scikit-learn and NumPy refuse missing or infinite values; Keras trains on them and the loss becomes NaN.",
        todo=(
            "Count them: `frame.isna().sum()`, `np.isnan(x).sum()`",
            "Drop or fill them: `frame.dropna()`, `frame.fillna(frame.median())`, `SimpleImputer`",
        ),
        rules=("KC408",),
        examples=(
            "ValueError: Input X contains NaN.",
            "ValueError: Input contains NaN, infinity or a value too large for dtype('float64').",
            "TypeError: float() argument must be a string or a real number, not 'NAType'",
        ),
    ),
    Message(
        id="sklearn-1d",
        patterns=(rf"y should be a 1d array, got an array of shape (?P<shape>{SHAPE}) instead",),
        title="scikit-learn expects one label per sample, not an array of shape {shape}",
        page="`y should be a 1d array, got an array of shape (8, 3) instead`",
        why="The labels are one-hot rows, or a column of shape (n, 1).",
        todo=("One-hot rows: `y.argmax(axis=1)`", "A column: `y.ravel()`"),
        rules=("KC220",),
        examples=("ValueError: y should be a 1d array, got an array of shape (8, 3) instead.",),
    ),
    Message(
        id="stratify",
        patterns=(r"The least populated class(?:es)? in y (?:has|have) only (?P<count>\d+) members?",),
        title="A class has too few samples to appear in both parts of a stratified split: {count}",
        page="`The least populated class in y has only 1 member`",
        why="`stratify=y` needs at least two samples of each class. Targets that are numbers to predict have almost "
        "as many values as samples, each of which counts as a class.",
        todo=(
            "Drop or merge rare classes: `y.value_counts()` shows them",
            "For a regression, leave out `stratify`",
        ),
        examples=(
            "ValueError: The least populated class in y has only 1 member, which is too few. The minimum number of "
            "groups for any class cannot be less than 2.",
        ),
    ),
    Message(
        id="sklearn-features",
        patterns=(r"X has (?P<found>\d+) features, but (?P<name>\w+) is expecting (?P<wanted>\d+) features as input",),
        title="`{name}` was fitted on {wanted} features, but receives {found}",
        page="`X has 4 features, but StandardScaler is expecting 3 features as input`",
        why="A scaler or encoder remembers the columns that it was fitted on. It is used on other columns, often by "
        "`inverse_transform` of predictions with a scaler that was fitted on features and targets together.",
        todo=(
            "Pass the same columns in the same order as to `fit`",
            "Use one scaler for the features and another one for the targets",
        ),
        examples=("ValueError: X has 4 features, but StandardScaler is expecting 3 features as input.",),
    ),
    Message(
        id="not-fitted",
        patterns=(r"This (?P<name>\w+) instance is not fitted yet",),
        title="`{name}` is used before it is fitted",
        page="`This StandardScaler instance is not fitted yet`",
        why="`transform` needs what `fit` has learned; after loading a model, its scaler must be loaded, too.",
        todo=(
            "Call `fit` (or `fit_transform`) on the training data first, and `transform` on all other data",
            'Save the scaler beside the model: `joblib.dump(scaler, "scaler.joblib")`',
        ),
        examples=(
            "sklearn.exceptions.NotFittedError: This StandardScaler instance is not fitted yet. Call 'fit' with "
            "appropriate arguments before using this estimator.",
        ),
    ),
    Message(
        id="image-file",
        patterns=(
            r"Unknown image file format\. One of",
            r"cannot identify image file (?P<path>[^\n]{1,200})",
        ),
        title="A file is not an image that can be read",
        page="`Unknown image file format. One of JPEG, PNG, GIF, BMP required`, `cannot identify image file`",
        why="The folder holds a file of another kind, an incomplete download, or a format such as WebP under the name "
        "of another one.",
        todo=("Find it: open each file with `PIL.Image.open(path).verify()`, and delete or convert those that fail",),
        examples=(
            "InvalidArgumentError: {{function_node __wrapped__DecodeImage}} Unknown image file format. One of JPEG, "
            "PNG, GIF, BMP required. [Op:DecodeImage]",
            "PIL.UnidentifiedImageError: cannot identify image file <_io.BytesIO object at 0x7f>",
        ),
    ),
    Message(
        id="dataset-lengths",
        patterns=(
            r"ValueError: Dimensions (?P<one>\d+) and (?P<other>\d+) are not compatible",
            r"^Dimensions (?P<one>\d+) and (?P<other>\d+) are not compatible",
        ),
        title="Arrays of {one} and {other} samples are sliced into one dataset",
        page="`Dimensions 3 and 4 are not compatible` (from `from_tensor_slices`)",
        why="`from_tensor_slices((x, y))` takes the first axis of each array as the samples, so all need the same "
        "number.",
        todo=("Print the shapes of all arrays before", "Check which step dropped rows from one of them only"),
        rules=("KC213",),
        examples=("ValueError: Dimensions 3 and 4 are not compatible",),
    ),
    Message(
        id="generator-element",
        patterns=(
            rf"`generator` yielded an element of shape (?P<found>{SHAPE}) where an element of shape "
            rf"(?P<wanted>{SHAPE}) was expected",
            r"`generator` yielded an element (?:of type|that could not be converted)",
        ),
        title="The generator yields {found|something else} where `output_signature` says {wanted|otherwise}",
        page="`generator yielded an element of shape (1,) where an element of shape (2,) was expected`",
        why="`from_generator` checks each element against `output_signature` (or `output_types`, `output_shapes`).",
        todo=(
            "Set `output_signature` to what is yielded, with None for sizes that vary: `tf.TensorSpec((None,), "
            "tf.float32)`",
            "Print the shapes of a few elements: `next(iter(generator()))`",
        ),
        examples=(
            "TypeError: `generator` yielded an element of shape (1,) where an element of shape (2,) was expected.",
        ),
    ),
    Message(
        id="batch-shapes",
        patterns=(
            rf"Cannot batch tensors with different shapes in component (?P<part>\d+)\. First element had shape "
            rf"(?P<one>{SHAPE}) and element \d+ had shape (?P<other>{SHAPE})",
            r"Cannot add tensor to the batch: number of elements does not match",
        ),
        title="Samples of different shapes cannot form a batch: {one|one shape} and {other|another}",
        page="`Cannot batch tensors with different shapes in component 0`",
        why="A batch is one array. Images of different sizes or channels, and sequences of different lengths, must be "
        "brought to one shape first.",
        todo=(
            "Images: resize them in a `map` before `batch`: `tf.image.resize(image, (224, 224))`, and read all with "
            "`channels=3`",
            "Sequences: `padded_batch(32)` instead of `batch(32)`",
        ),
        examples=(
            "InvalidArgumentError: {{function_node __wrapped__IteratorGetNext}} Cannot batch tensors with different "
            "shapes in component 0. First element had shape [2] and element 1 had shape [3]. [Op:IteratorGetNext]",
        ),
    ),
    Message(
        id="read-only-array",
        patterns=(r"(?:assignment|output array|array) (?:destination )?is read-only",),
        title="An array that shares its memory with a tensor cannot be changed",
        page="`assignment destination is read-only`",
        why="`np.asarray(tensor)`, `tensor.numpy()`, JAX arrays and some pandas columns show memory that belongs to "
        "another object.",
        todo=("Copy it first: `x = np.array(tensor)`",),
        examples=("ValueError: assignment destination is read-only",),
    ),
    Message(
        id="transpose-axes",
        patterns=(r"axes don't match array",),
        title="`transpose` names another number of axes than the array has",
        page="`axes don't match array` (also from `load_weights`)",
        why="An image without a channel axis, or a batch where one image is expected, has another number of axes. From "
        "`load_weights` it means that the weights belong to another architecture.",
        todo=(
            "Print `x.shape` before it",
            "From `load_weights`: build exactly the model that was trained",
        ),
        examples=("ValueError: axes don't match array",),
    ),
)
