# -- two conditions that act together
import os
width = 4
if os.environ.get("FLAG_A"):
    width += 1
if os.environ.get("FLAG_B"):
    width += 2
model = keras.Sequential([keras.Input((3,)), layers.Dense(width)])

# -- a package that may not be installed
try:
    import extra_A
    have = True
except ImportError:
    have = False
x = inputs = keras.Input((5,))
if have:
    x = layers.Dense(3)(x)
model = keras.Model(inputs, layers.Dense(1)(x))

# -- a package whose absence builds a model
try:
    import extra_A
except ImportError:
    model = keras.Sequential([keras.Input((6,)), layers.Dense(10)])

# -- a layer that is frozen in an arm, shared by two inputs
import os
left, right = keras.Input((6,)), keras.Input((6,))
dense = layers.Dense(3)
if os.environ.get("FLAG_A"):
    dense.trainable = False
model = keras.Model([left, right], layers.Add()([dense(left), dense(right)]))

# -- a helper that builds in both arms, called in both arms
import os
def build(width, deep=False):
    if os.environ.get("FLAG_A"):
        return keras.Sequential([keras.Input((4,)), layers.Dense(width)])
    else:
        return keras.Sequential([keras.Input((4,)), layers.Dense(width), layers.Dense(3)])
if os.environ.get("MODE_B") == "big":
    model = build(16)
else:
    model = build(8)

# -- the same question twice
import glob
def build(width):
    if not glob.glob("data_A/*.csv"):
        width = 5
    if glob.glob("data_A/*.csv"):
        return keras.Sequential([keras.Input((4,)), layers.Dense(width)])
model = build(17)

# -- a question in an expression and again in an arm
import os
scale = (lambda n: n * 2) if os.path.exists("file_A.txt") else (lambda n: n + 1)
width = scale(2)
def build(width):
    if not os.path.exists("file_A.txt"):
        return keras.Sequential([keras.Input((4,)), layers.Dense(width)])
model = build(width)

# -- a variable that is asked for, and fetched where it may be absent
import os
def build():
    if os.environ.get("FLAG_A"):
        return keras.Sequential([keras.Input((4,)), layers.Dense(5)])
    return keras.Sequential([keras.Input((4,)), layers.Dense(6)])
model = build()
try:
    os.environ["FLAG_A"]
    model.layers[-1].trainable = False
except KeyError:
    pass

# -- a step that fails between two assignments
import os
width = 5
try:
    width = 6
    os.environ["FLAG_A"]
    width = 7
except KeyError:
    pass
model = keras.Sequential([keras.Input((3,)), layers.Dense(width)])

# -- the same in a with statement that goes on
import contextlib
import os
width = 5
with contextlib.suppress(KeyError):
    width = 6
    os.environ["FLAG_A"]
    width = 7
model = keras.Sequential([keras.Input((3,)), layers.Dense(width)])

# -- another name for a list, changed before and after a conditional return
import os
units = [3]
def grow(items):
    also = items
    also.append(4)
    if os.environ.get("FLAG_A"):
        return
    items.append(5)
grow(units)
model = keras.Sequential([keras.Input((3,)), *[layers.Dense(n) for n in units]])

# -- another name for a model, changed in an arm
import os
model = keras.Sequential([keras.Input((3,)), layers.Dense(4)])
last = model
if os.environ.get("FLAG_A"):
    last.add(layers.Dense(2))

# -- another name for one of two lists
import os
units, others = [3], [5]
also = units if os.environ.get("FLAG_A") else others
also.append(7)
model = keras.Sequential([keras.Input((3,)), *[layers.Dense(n) for n in units]])

# -- a loop that may have no round
import glob
width = 3
for path in glob.glob("data_A/*.csv"):
    width = 8
model = keras.Sequential([keras.Input((3,)), layers.Dense(width)])

# -- a loop that is left
import os
width = 3
for step in range(3):
    if os.environ.get("FLAG_A"):
        break
    width += 1
else:
    width *= 2
model = keras.Sequential([keras.Input((3,)), layers.Dense(width)])

# -- a loop whose rounds hang on a flag
import os
count = 0
model = keras.Sequential([keras.Input((3,))])
while count < 2 and os.environ.get("FLAG_A"):
    count += 1
    model.add(layers.Dense(count))
model.add(layers.Dense(9))

# -- a generator
import os
def widths():
    yield 3
    for n in range(2):
        if os.environ.get("FLAG_A"):
            continue
        yield n + 4
model = keras.Sequential([keras.Input((3,)), *[layers.Dense(n) for n in widths()]])

# -- a default that is kept
import os
def collect(n, seen=[]):
    if os.environ.get("FLAG_A"):
        seen.append(n)
    seen.append(1)
    return sum(seen)
collect(2)
model = keras.Sequential([keras.Input((3,)), layers.Dense(collect(4))])

# -- a closure
import os
def maker():
    count = 4
    def step():
        nonlocal count
        if os.environ.get("FLAG_A"):
            count += 3
    step()
    step()
    return count
model = keras.Sequential([keras.Input((3,)), layers.Dense(maker())])

# -- an object with state, of one of two classes
import os
class Narrow:
    extra = 1
    def __init__(self, units):
        self.units = units
        if os.environ.get("FLAG_A"):
            return
        self.units += self.extra
class Wide(Narrow):
    extra = 5
made = (Narrow if os.environ.get("FLAG_B") else Wide)(4)
model = keras.Sequential([keras.Input((3,)), layers.Dense(made.units)])

# -- match
import os
match os.environ.get("MODE_A"):
    case "big":
        width = 16
    case "small":
        width = 4
    case _:
        width = 8
model = keras.Sequential([keras.Input((3,)), layers.Dense(15 * width + 4)])

# -- flags that touch nothing of a model
import glob
import os
folder, rounds, seen = "a", 1, []
if os.environ.get("FLAG_A"):
    folder = "b"
if os.environ.get("FLAG_B"):
    rounds += 1
for path in glob.glob("data_C/*.csv"):
    seen.append(path)
    if os.path.exists("file_D.txt"):
        break
model = keras.Sequential([keras.Input((3,)), layers.Dense(4)])

# -- a handler that raises again, in one case of two
import os
width = 1
try:
    try:
        width = 2
        if os.environ.get("FLAG_A"):
            raise KeyError("a")
        width = 5
    except KeyError:
        width += 10
        if os.environ.get("FLAG_B"):
            raise
        width += 100
except KeyError:
    width += 1000
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- an entry that may be missing
import os
width = 1
try:
    os.environ["FLAG_A"]
    width = 3
except KeyError:
    width = 7
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- the error that is raised is made without an error
import os
width = 1
try:
    if os.environ.get("FLAG_A"):
        width = 4
        raise ValueError("x")
    width = 3
except ValueError:
    width += 1
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- a break in the else of a loop leaves the loop around
import glob
width = 0
for turn in range(3):
    width += 1
    for path in glob.glob("data_A/*.csv"):
        if width > 5:
            break
    else:
        break
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- a break in the else of a loop of known length
import os
width = 0
for turn in range(3):
    width += 1
    for inner in range(2):
        if os.environ.get("FLAG_A"):
            break
    else:
        break
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- the list that += extends hangs on a flag
import os
lists = {"a": [1], "b": [2]}
chosen = lists["a"]
if os.environ.get("FLAG_A"):
    chosen = lists["b"]
chosen += [4]
model = keras.Sequential([keras.Input((4,)), layers.Dense(sum(lists["a"]) + len(lists["b"]))])

# -- an iterator that is advanced unless the function has returned
import os
def advance(numbers):
    if os.environ.get("FLAG_A"):
        return 0
    return next(numbers)
numbers = iter([1, 2, 3])
advance(numbers)
model = keras.Sequential([keras.Input((4,)), layers.Dense(next(numbers))])

# -- an iterator that a loop leaves early
import os
numbers = iter([1, 2, 3, 4])
for number in numbers:
    if os.environ.get("FLAG_A"):
        break
    if number == 2:
        break
model = keras.Sequential([keras.Input((4,)), layers.Dense(next(numbers))])

# -- an iterator that is advanced in a handler
import os
numbers = iter([1, 2, 3, 4])
try:
    if os.environ.get("FLAG_A"):
        raise KeyError("a")
except KeyError:
    next(numbers)
model = keras.Sequential([keras.Input((4,)), layers.Dense(next(numbers))])

# -- an iterator that two flags advance
import os
def count():
    yield 1
    yield 2
    yield 3
numbers = count()
if os.environ.get("FLAG_A"):
    next(numbers)
if os.environ.get("FLAG_B"):
    next(numbers)
model = keras.Sequential([keras.Input((4,)), layers.Dense(next(numbers))])

# -- a name that is asked for before it is read
import os
if os.environ.get("FLAG_A"):
    width = 3
first = keras.Sequential([keras.Input((4,)), layers.Dense(5 if "width" in globals() else 6)])
try:
    size = width
except NameError:
    size = 9
second = keras.Sequential([keras.Input((4,)), layers.Dense(size)])

# -- a name that two flags bind, and one unbinds
import os
if os.environ.get("FLAG_A"):
    if os.environ.get("FLAG_B"):
        width = 3
else:
    width = 4
    if os.environ.get("FLAG_B"):
        del width
size = width if "width" in globals() else 7
model = keras.Sequential([keras.Input((4,)), layers.Dense(size)])

# -- an attribute that only some arms set, asked for in several ways
import os
class Holder: pass
holder = Holder()
if os.environ.get("FLAG_A"):
    holder.width = 4
first = keras.Sequential([keras.Input((4,)), layers.Dense(getattr(holder, "width", 7))])
second = keras.Sequential([keras.Input((4,)), layers.Dense(5 if hasattr(holder, "width") else 6)])
third = keras.Sequential([keras.Input((4,)), layers.Dense(vars(holder).get("width", 8))])
fourth = keras.Sequential([keras.Input((4,)), layers.Dense(5 if "width" not in vars(holder) else 6)])
try:
    holder.width
except AttributeError:
    holder.width = 10
fifth = keras.Sequential([keras.Input((4,)), layers.Dense(holder.width)])

# -- an attribute that only some arms set, before that of the class
import os
class Net:
    units = 4
    def __init__(self):
        if os.environ.get("FLAG_A"):
            self.units = 9
    def __getattr__(self, name):
        return 5
net = Net()
first = keras.Sequential([keras.Input((4,)), layers.Dense(net.units)])
if os.environ.get("FLAG_B"):
    net.other = 6
second = keras.Sequential([keras.Input((4,)), layers.Dense(net.other)])

# -- a name that a loop of unknown length binds
import glob
for path in glob.glob("data_A/*.csv"):
    width = 5
try:
    size = width
except NameError:
    size = 3
model = keras.Sequential([keras.Input((4,)), layers.Dense(size)])

# -- arguments that are there on a flag
import os
options = {"units": 5}
if os.environ.get("FLAG_A"):
    options["use_bias"] = False
first = keras.Sequential([keras.Input((4,)), layers.Dense(**options)])
def size(units, use_bias=True, extra=0):
    return units + extra + use_bias
if os.environ.get("FLAG_B"):
    options["extra"] = 10
second = keras.Sequential([keras.Input((4,)), layers.Dense(size(**options))])

# -- a model that one flag freezes and another thaws
import os
base = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
if os.environ.get("FLAG_A"):
    base.trainable = False
model = keras.Sequential([keras.Input((4,)), base, layers.Dense(2)])
if os.environ.get("FLAG_B"):
    base.trainable = True

# -- a loop over a range whose end hangs on a flag
import os
model = keras.Sequential([keras.Input((4,))])
for index in range(2 if os.environ.get("FLAG_A") else 3):
    model.add(layers.Dense(index + 1))

# -- two tuples that are unpacked
import os
first, (second, third) = (1, (2, 3)) if os.environ.get("FLAG_A") else (4, (5, 6))
model = keras.Sequential([keras.Input((4,)), layers.Dense(first * 100 + second * 10 + third)])

# -- a handler of another exception around the one that takes it
import os
width = 8
try:
    try:
        width = 6
        os.environ["FLAG_A"]
    except KeyError:
        width += 4
except FileNotFoundError:
    width += 7
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- two handlers of what one step may raise
import os
width = 8
try:
    width = 6
    int(os.environ["D_A"])
    width = 7
except KeyError:
    width += 4
except ValueError:
    width += 5
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- an inner handler that does not take it
import os
width = 8
try:
    try:
        int(os.environ["D_A"])
    except ValueError:
        width = 3
    width += 10
except KeyError:
    width = 5
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- what is suppressed, and what is not
import contextlib
import os
width = 8
try:
    with contextlib.suppress(ValueError):
        int(os.environ["D_A"])
        width += 1
except KeyError:
    width = 3
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- an assertion that is caught
import os
width = 8
try:
    assert os.environ.get("FLAG_A")
    width = 6
except AssertionError:
    width += 1
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- a file that exists can be opened
import os
width = 8
try:
    text = open("file_A.txt").read()
    if os.path.exists("file_A.txt"):
        width += 4
except OSError:
    width *= 2
if not os.path.exists("file_A.txt"):
    width += 1
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- how often a loop runs, and how many there are
import glob
width = 8
for path in glob.glob("data_A/*.csv"):
    if len(glob.glob("data_A/*.csv")) > 1:
        width = 4
if not glob.glob("data_A/*.csv"):
    width += 1
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- files that are there and one that is put to them
import glob
files = glob.glob("data_A/*.csv")
files.append("own.csv")
width = 5 if len(files) > 1 else 6
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- what an assertion in an arm excludes
import os
first = os.environ.get("MODE_A", "big") == "big"
if first:
    width = 2
else:
    assert os.environ.get("MODE_A") in ("big", "small")
def build(width):
    if os.environ.get("MODE_A", "").startswith("b"):
        net = keras.Sequential([keras.Input((4,)), layers.Dense(width), layers.Dense(3)])
if not first:
    build(8)
build(3)

# -- an assertion that fails for some
import os
deep = os.environ.get("FLAG_A")
assert os.environ.get("FLAG_B") and deep
x = inputs = keras.Input((4,))
if deep:
    x = layers.Dense(3)(x)
model = keras.Model(inputs, layers.Dense(1)(x))

# -- a model of a list that is changed in an arm of its own
import os
model = keras.Sequential([keras.Input((8,)), layers.Dense(5)])
if os.environ.get("FLAG_A"):
    model.trainable = False
nets = []
for size in (3, 4):
    if os.environ.get("FLAG_B"):
        break
    nets.append(keras.Sequential([keras.Input((5,)), layers.Dense(size)]))
if nets and os.environ.get("FLAG_A"):
    nets[-1].add(layers.Dense(2))

# -- models of a list that a condition has filled, changed in an arm
import glob
import os
def build(n):
    if os.environ.get("FLAG_A"):
        return keras.Sequential([keras.Input((3,)), layers.Dense(n)])
    return keras.Sequential([keras.Input((5,)), layers.Dense(n), layers.Dense(2)])
nets = []
for size in (2, 4):
    if glob.glob("data_C/*.csv"):
        break
    nets.append(build(size))
if nets and os.environ.get("FLAG_B"):
    nets[-1].add(layers.Dense(2))

# -- what an else excludes
import os
def build(deep=False):
    net = keras.Sequential([keras.Input((16,)), layers.Dense(8)])
    if os.environ.get("D_A") == "7" or os.environ.get("FLAG_B") != "1":
        net.add(layers.BatchNormalization())
    if deep:
        net.add(layers.Dropout(0.5))
if "FLAG_B" in os.environ and bool(os.environ.get("FLAG_B", "")):
    build(deep=True)
else:
    build()

# -- an array of known size does not fail
import contextlib
import numpy as np
width = 4
with contextlib.suppress(KeyError, ValueError):
    table = np.zeros((20, 4))
    width += 1
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- a loop that may have no round
import os
width, count = 4, 0
while count < int(os.environ.get("N_A", "3")):
    count += 1
    width = 6
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- a model of a handler, which only some combinations reach
import os
first = 10
if os.environ.get("FLAG_A", "0") != "1":
    first += 16
try:
    kernel = 3 if os.environ.get("MODE_B", "big") == "big" else 30
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, kernel)])
except ValueError:
    model = keras.Sequential([keras.Input((6,)), layers.Dense(first)])

# -- a flag that is asked for in one way early and in another way late
import os
def build(n):
    if os.environ.get("FLAG_A"):
        return keras.Sequential([keras.Input((3,)), layers.Dense(n)])
    return keras.Sequential([keras.Input((5,)), layers.Dense(n), layers.Dense(10)])
nets = {"a": build(16), "b": build(4)}
if not bool(os.environ.get("FLAG_A", "")):
    nets["b"].trainable = False

# -- a model of a handler whose flag another model has decided
import os
first = 10
if os.environ.get("FLAG_A", "0") != "1":
    first += 16
try:
    kernel = 3 if os.environ.get("MODE_B", "big") == "big" else 30
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, kernel)])
except ValueError:
    model = keras.Sequential([keras.Input((6,)), layers.Dense(first)])
units = 6
if "FLAG_A" in os.environ or os.environ.get("FLAG_A"):
    units += 2
other = keras.Sequential([keras.Input((6,)), layers.Dense(units)])

# -- what stands behind a fault of some combinations
import os
width = 5
if os.environ.get("FLAG_A") == "1":
    width = 7
nets = []
if os.environ.get("FLAG_A"):
    nets[-1].add(layers.Dense(2))
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])

# -- a body that returns where it would not fail
import os
def size(n):
    k = 2
    try:
        if os.path.exists("file_A.txt"):
            return n + n
        text = open("file_A.txt").read()
    except OSError:
        k = 8
    return 15 * k + 4
model = keras.Sequential([keras.Input((3,)), layers.Dense(size(3))])

# -- a body that leaves the loop where it would not fail
import contextlib
import os
width = 3
for step in range(2):
    with contextlib.suppress(KeyError, ValueError):
        if "FLAG_A" in os.environ:
            width = 4
            break
        int(os.environ["FLAG_A"])
model = keras.Sequential([keras.Input((3,)), layers.Dense(width)])
# -- a function of a list that hangs on a flag
import os
units = len([5] * 3 if os.environ.get("FLAG_A") else [16])
units += 4
model = keras.Sequential([keras.Input((3,))])
if units > 4:
    model.add(layers.Dense(sum([units, units]) + int(str(units))))

# -- the same value asked twice
import os
size = 4
if os.environ.get("FLAG_A"):
    size += 1
if os.environ.get("FLAG_B"):
    size += 2
first, second = str(size), str(size)
if first == second and len([1] * size) == size:
    model = keras.Sequential([keras.Input((size,)), layers.Dense(size)])
else:
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])

# -- an attribute whose name hangs on a flag
import os
class Sizes:
    low = 2
    high = 3
sizes = Sizes()
setattr(sizes, "low" if os.environ.get("FLAG_A") else "high", 7)
units = getattr(sizes, "high" if os.environ.get("FLAG_B") else "low")
model = keras.Sequential([keras.Input((3,)), layers.Dense(units + sizes.low)])

# -- asking a dictionary does not fail
import os
table = {"a": 1}
width = 4
try:
    found = table.get(os.environ.get("FLAG_A"), 0)
    width = 5
except (KeyError, ValueError):
    width = 6
model = keras.Sequential([keras.Input((3,)), layers.Dense(width)])

# -- whether a model trains hangs on a flag
import os
model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)])
model.trainable = bool(os.environ.get("FLAG_A"))

# -- whether a model of one's own, and what is in it, trains hangs on flags
import os
class Block(layers.Layer):
    def __init__(self, units, deep=False):
        super().__init__()
        self.first = layers.Dense(units)
        self.last = layers.Dense(3) if deep else None
    def call(self, x):
        x = self.first(x)
        return x if self.last is None else self.last(x)
class Net(keras.Model):
    def __init__(self, deep):
        super().__init__()
        self.block = Block(5, deep)
        self.head = layers.Dense(1)
    def call(self, x):
        return self.head(self.block(x))
model = Net("FLAG_A" in os.environ)
model(keras.Input((4,)))
for layer in model.layers:
    layer.trainable = not (isinstance(layer, Block) and os.environ.get("FLAG_B") == "1")

# -- whether a model is built hangs on what another one hangs on, too
import os
first, second = os.environ.get("FLAG_A"), int(os.environ.get("N_B", "3"))
def build():
    if bool(first) == (1 < second <= 4):
        return None
    net = keras.Sequential([keras.Input((8,)), layers.Dense(10)])
    if first:
        net.add(layers.Dropout(0.2))
    return net
build()
other = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
if second < 5:
    other.add(layers.Dense(3))

# -- any and all of several answers
import os
first, second = os.environ.get("FLAG_A"), os.environ.get("MODE_B")
model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
if any([first == "1", second == "big"]):
    model.add(layers.Dense(3))
if all(answer for answer in (first, second == "big")):
    model.add(layers.Dense(4))
if first == "1":
    model.add(layers.Dense(5))

# -- the largest, the sum and the order of what hangs on flags
import os
units = [7 if os.environ.get("FLAG_A") else 3, 5, 4 if os.environ.get("FLAG_B") == "1" else 6]
largest, total, in_order = max(units), sum(units), sorted(units, reverse=True)
model = keras.Sequential([keras.Input((3,)), layers.Dense(largest), layers.Dense(total - 4 * (largest > 6))])
model.add(layers.Dense(in_order[1]))

# -- an entry of a table under what the environment says
import os
width = {"big": 8, "small": 2}.get(os.environ.get("MODE_A"), 5)
model = keras.Sequential([keras.Input((3,)), layers.Dense(width)])
if os.environ.get("MODE_A") == "big":
    model.add(layers.Dense(width + 1))

# -- an entry that there may not be
import os
try:
    width = {"big": 8, "small": 2}[os.environ.get("MODE_A")]
except KeyError:
    width = 4
model = keras.Sequential([keras.Input((3,)), layers.Dense(width)])

# -- members of a list of constants
import os
sizes = ["big", "small"]
model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
if os.environ.get("MODE_A") in sizes:
    model.add(layers.Dense(3))
if os.environ.get("MODE_A") == "small":
    model.add(layers.Dense(4))

# -- a model of a body that fails before it is made
import os
try:
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, 3 if int(os.environ.get("N_A", "3")) % 2 else 30)])
    model.add(layers.Flatten())
except ValueError:
    model = keras.Sequential([keras.Input((6,)), layers.Dense(3)])

# -- two steps of one statement that different handlers take
import os
def check(n):
    raise ValueError(n)
width = 2
try:
    width = len(os.environ["FLAG_A"]) + check(3)
except KeyError:
    width = 4
except ValueError:
    width = 5
model = keras.Sequential([keras.Input((3,)), layers.Dense(width)])

# -- what is known in each case does not fail
import os
units = 4
try:
    os.environ["FLAG_A"]
    if sum([bool(os.environ.get("MODE_B", "").startswith("b")), bool(os.environ.get("MODE_B") == "big")]) > 1:
        units = 5
except KeyError:
    units = 6
model = keras.Sequential([keras.Input((2,)), layers.Dense(units)])
if "FLAG_A" in os.environ:
    model.add(layers.Dropout(0.2))

# -- a context of the standard library leaves files as they are
import contextlib, glob
units = 4
if glob.glob("data_A/*.csv"):
    units = 5
    with contextlib.ExitStack():
        units += 1
model = keras.Sequential([keras.Input((2,)), layers.Dense(units)])
if glob.glob("data_A/*.csv"):
    model.add(layers.Dropout(0.2))

# -- arguments whose number hangs on a flag
import os
sizes = (6, 10) if os.environ.get("FLAG_A") else (2, 5, 3)
def total(*given, more=1):
    return sum(given) + len(given) + more
options = {"more": 4} if os.environ.get("FLAG_B") == "1" else {}
model = keras.Sequential([keras.Input((3,)), layers.Dense(max(*sizes)), layers.Dense(total(*sizes, **options))])

# -- entries that come from one of two dictionaries
import os
options = {"units": 4, **({"extra": 10} if not os.environ.get("FLAG_A") else {}), "last": 2}
model = keras.Sequential([keras.Input((3,)), layers.Dense(options.get("extra", 3)), layers.Dense(len(options))])

# -- a pattern for a list that hangs on a flag
import os
sizes, batch = [1, 2], 6
if os.environ.get("FLAG_A"):
    sizes.append(5)
width = 3
model = keras.Sequential([keras.Input((3,)), layers.Dense(4)])
match sizes:
    case []:
        batch = 3
    case [only, other]:
        width = other + 5
    case [first, *rest]:
        width = len(rest) + first
other = keras.Sequential([keras.Input((3,)), layers.Dense(width)])

# -- a step that fails in a body, and again behind it
import os
def size(n):
    return n + (n if int(os.environ.get("N_A", "3")) % 2 else 2)
try:
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(size(4), 3)])
except ValueError:
    model = keras.Sequential([keras.Input((6,)), layers.Dense(12)])
other = keras.Sequential([keras.Input((4,)), layers.Dense(size(4), use_bias=bool(int(os.environ.get("N_A", "3")) == 3))])

# -- one of two calls of a builder hangs on a flag
import os
def build(widths=(4, 6)):
    net = keras.Sequential([keras.Input((12,)), layers.Dense(sum(widths))])
    if os.environ.get("FLAG_A") != "1":
        net.add(layers.BatchNormalization())
    return net
if os.environ.get("MODE_B", "big") == "big":
    build([12])
build()

# -- a list that is one of two, made longer where nothing fails, then longer in any case
import contextlib, os
units = [3, 12]
if os.environ.get("MODE_A"):
    units = list(units)
with contextlib.suppress(KeyError, ValueError):
    int(os.environ["FLAG_A"])
    units.insert(0, 4)
units = units + [8]
model = keras.Sequential([keras.Input((6,)), layers.Dense(4)])
if len(units) > 2:
    model.add(layers.Dense(3))

# -- a step that has gone well once, where it would have ended the program, and is asked for again
import os
if int(os.environ.get("N_C", "3")) > 4:
    print("many")
model = keras.Sequential([keras.Input((4,)), layers.Dense(3 if os.environ.get("FLAG_A") != "1" else 2)])
try:
    if int(os.environ.get("N_C", "3")) > 1:
        print("more than one")
    os.environ["FLAG_A"]
    model.trainable = False
except KeyError:
    pass

# -- a pattern that asks for parts of one of two lists, and fits neither
import glob
second, units = 3, [3, 3]
both = units if not (len(glob.glob("data_A/*.csv")) > 1) else [7]
both.append(6)
match both:
    case [*_, 3]:
        second = 5
given = {"units": second, "activation": "relu"}
model = keras.Sequential([keras.Input((4,)), layers.Dense(**given), layers.Dense(2)])

# -- a pattern that takes parts of one of two lists
import glob
second, units = 3, [3, 3]
match units if glob.glob("data_A/*.csv") else [7]:
    case [3, *_]:
        second = 5
    case [only]:
        second = only
model = keras.Sequential([keras.Input((4,)), layers.Dense(second), layers.Dense(2)])

# -- a step that may fail only in what it is given in no case
import glob, os
first, paths = 12, [1, 2]
switches = [os.environ.get("FLAG_A") is not None, bool(glob.glob("data_B/*.csv"))]
try:
    if len(glob.glob("data_B/*.csv")) > 1:
        switches.append(bool(os.environ.get("FLAG_A")))
    paths.extend([15 * (3, 5)[switches[0]] + 4, 3])
except KeyError:
    first += 2
model = keras.Sequential([keras.Input((6,)), layers.Dense(first)])

# -- one of two things by whether a condition holds
import os
known = os.environ.get("FLAG_A") is not None
width = (3, 5)[known] + [2, 4]["FLAG_B" in os.environ]
model = keras.Sequential([keras.Input((6,)), layers.Dense(width)])

# -- a helper that two conditions decide about, each decided for something else
import os
first = 4
try:
    import extra_C
    installed = True
except ImportError:
    installed = False
def build(width):
    if installed:
        return keras.Sequential([keras.Input((4,)), layers.Dense(width)])
    net = keras.Sequential([keras.Input((10,)), layers.Dense(width)])
if os.environ.get("MODE_A") == "big" and os.environ.get("MODE_A", "").startswith("b"):
    model = build(first)
model = build(10)
other = keras.Sequential([keras.Input((6,)), layers.Dense(3 if installed else 1), layers.Dense(3)])
last = keras.Sequential([keras.Input((6,)), layers.Dense(3)])
if os.environ.get("MODE_A") == "big":
    last.layers[0].trainable = False

# -- a number that is of the class of numbers, whichever it is
import os
first, units = 3, [2, 6]
try:
    first = int(os.environ["D_A"])
except (KeyError, ValueError):
    pass
match first:
    case int():
        units.insert(0, 4)
model = keras.Sequential([keras.Input((6,))])
for width in units:
    model.add(layers.Dense(width + 2))

# -- a name that is bound in some of the cases, and to the same number in all of them later
import os
if os.getenv("FLAG_B"):
    for row in (1, 2):
        print(row)
try:
    for row in (1, 2):
        if row > 1 and os.getenv("FLAG_B"):
            continue
except KeyError:
    pass
model = keras.Sequential([keras.Input((6,)), layers.Dense(3)])
if "FLAG_B" in os.environ:
    model.add(layers.Dense(4))

# -- a partial of one of two functions
import functools, os
def scaled(n, by=2, *, more=0):
    return n * by + more
part = functools.partial(scaled, by=3) if os.environ.get("FLAG_A") else functools.partial(scaled, more=2)
part = functools.partial(part, more=4)
model = keras.Sequential([keras.Input((6,)), layers.Dense(part(3) or 3), layers.Dense(sum(map(part, [1, 2])))])

# -- a list that is copied in an arm, spread and unpacked
import os
units = [4, 10]
if os.environ.get("FLAG_A", "0") == "1":
    units = list(units)
first, second, *rest = [*units, 2, 16]
if os.environ.get("FLAG_B", "0") == "1":
    second *= 2
model = keras.Sequential([keras.Input((3,)), layers.Dense(5 if second > 5 else 2)])

# -- two lists that are spread
import os
units, more = [4], [2, 3]
if os.environ.get("FLAG_A"):
    units = [5, 6]
if os.environ.get("FLAG_B"):
    more = [7]
model = keras.Sequential([keras.Input((3,)), *[layers.Dense(n) for n in (*units, *more)]])

# -- a name that is deleted where it is bound
import os
units = 5
if os.environ.get("FLAG_A"):
    spare = 6
try:
    del spare
except NameError:
    units = 12
model = keras.Sequential([keras.Input((3,)), layers.Dense(units)])

# -- an attribute that is deleted where it is set
import os
class Sizes:
    pass
sizes, units = Sizes(), 5
if os.environ.get("FLAG_A"):
    sizes.spare = 6
try:
    del sizes.spare
except AttributeError:
    units = 12
model = keras.Sequential([keras.Input((3,)), layers.Dense(units)])

# -- the class of a variable tells whether it is set
import os
units, rate = 4, 0.2
match os.environ.get("MODE_A"):
    case str() as value if value:
        units = 8
if isinstance(os.environ.get("MODE_A"), str):
    rate = 0.3
model = keras.Sequential([keras.Input((3,)), layers.Dense(units), layers.Dropout(rate)])
if os.environ.get("MODE_A") == "big":
    model.trainable = False

# -- a pattern for a text, and one for anything else
import os
units = 4
match os.environ.get("FLAG_A"):
    case str(value) if os.environ.get("FLAG_A", "") == "1":
        units = 8
    case None:
        units = 6
model = keras.Sequential([keras.Input((3,)), layers.Dense(units, use_bias=not os.environ.get("FLAG_A"))])

# -- a variable with a default that is no text
import os
limit = os.environ.get("FLAG_A", 3)
model = keras.Sequential([keras.Input((3,)), layers.Dense(8 if isinstance(limit, int) else 4)])
if limit == 3:
    model.add(layers.Dense(2))

# -- items are deleted from one of two lists
import os
units = [5, 4]
if os.environ.get("FLAG_A"):
    units = list(units)
del units[1:]
model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
if len(units) > 1:
    model.trainable = False

# -- a comparison of a number says nothing of where it cannot be read
import os
units = [16, 12]
units = units[::-1] if os.environ.get("D_A") == "7" else units[:]
if os.environ.get("D_A", "").isdigit():
    del units[1:]
parts = [w for w in (2, 3) if w != 3 or os.environ.get("D_A") == "7" or os.environ.get("D_A", "").isdigit()]
first = 4
try:
    number = int(os.environ["D_A"])
    if number > 3 and os.environ.get("D_A", "").isdigit():
        raise ValueError(number)
except (KeyError, ValueError):
    first = 2
model = keras.Sequential([keras.Input((5,)), layers.Dense(first), layers.Dense(len(units))])
