# Each must be analysed within seconds, without an exception.

# -- while True
while True:
    pass

# -- while True that grows
x = []
while True:
    x.append(x)

# -- while True that builds layers
model = Sequential()
while True:
    model.add(Dense(1))

# -- while with a known condition that never fails
n = 1
while n > 0:
    n += 1

# -- endless iterator
import itertools
for i in itertools.count():
    Dense(i)

# -- a list that feeds its own loop
x = [1]
for i in x:
    x.append(i)

# -- a comprehension over what it changes
x = [1]
y = [x.append(i) for i in x]

# -- endless recursion
def f():
    return f()
f()

# -- endless mutual recursion with growing arguments
def f(x):
    return g([x, x])
def g(x):
    return f((x, x))
f(1)

# -- a tree of calls
def f(n):
    return f(n - 1) + f(n - 1) + f(n - 1)
f(50)

# -- Ackermann
def a(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return a(m - 1, 1)
    return a(m - 1, a(m, n - 1))
a(4, 4)

# -- Fibonacci
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
x = fib(60)

# -- nested comprehensions
x = [[[[a for a in range(900)] for b in range(900)] for c in range(900)] for d in range(900)]

# -- flat comprehensions
x = [0 for a in range(999) for b in range(999) for c in range(999)]

# -- large powers
x = 10 ** 10 ** 10
y = 2 ** 2 ** 2 ** 2 ** 2 ** 2
z = 9 ** 99999 ** 9

# -- large shifts
x = 1 << 10 ** 10
y = 1 << (1 << 40)

# -- squares of squares
x = 3
for i in range(200):
    x = x * x

# -- large strings
x = "a" * 10 ** 10
y = "ab" * (2 ** 40)

# -- strings that double
x = "ab"
for i in range(200):
    x = x + x
y = "ab"
for i in range(200):
    y = f"{y}{y}"
z = "ab"
for i in range(200):
    z = "%s%s" % (z, z)
w = "ab"
for i in range(200):
    w = "{0}{0}".format(w)
v = "ab"
for i in range(200):
    v = v.replace("a", v)
u = "ab"
for i in range(200):
    u = u.join([u, u, u])

# -- wide formats
x = "%1000000000d" % 1
y = f"{1:1000000000d}"
z = "{:1000000000d}".format(1)
w = "%.1000000000f" % 1.5
v = "%*d" % (1000000000, 1)
u = "a".zfill(10 ** 10)
t = "a".ljust(10 ** 10)

# -- lists that double
x = [1]
for i in range(200):
    x = x + x
y = [1]
for i in range(200):
    y += y
z = [1]
for i in range(200):
    z = [*z, *z]
w = [1]
for i in range(200):
    w.extend(w)
v = (1,)
for i in range(200):
    v = v * 2
u = [1]
for i in range(200):
    u[0:0] = u

# -- trees with shared branches
x = (1,)
for i in range(200):
    x = (x, x)
y = x == x
z = {x: 1}
w = x in [x]
Dense(x)
Input(x)
str(x)
hash(x)

# -- lists with shared branches
x = [1]
for i in range(200):
    x = [x, x]
y = x == x
Dense(x)
Sequential(x)
import copy
z = copy.deepcopy(x)
str(x)
sorted(x)

# -- a list in itself
x = []
x.append(x)
y = x == x
z = str(x)
Sequential(x)
Dense(x)
d = {}
d["a"] = d
Dense(**d)
print(d == d)

# -- large ranges
for i in range(10 ** 30):
    Dense(i)
x = list(range(10 ** 10))
y = len(range(10 ** 30))
z = 5 in range(10 ** 30)
w = sum(range(10 ** 12))
v = range(10 ** 30)[10 ** 29]
u = [*range(10 ** 30)]

# -- a million layers
model = Sequential([Input((4,))])
for i in range(10 ** 6):
    model.add(Dense(4))

# -- nested loops over layers
model = Sequential([Input((4,))])
for a in range(1000):
    for b in range(1000):
        for c in range(1000):
            model.add(Dense(4))

# -- a deep functional graph
x = i = Input((4,))
for n in range(1500):
    x = Dense(4)(x)
model = Model(i, x)
model2 = Model(i, model(model(x)))

# -- a wide functional graph
i = Input((4,))
x = [i]
for n in range(40):
    x = [Add()([a, b]) for a in x for b in x][:30]
model = Model(i, x)

# -- models in models
model = Sequential([Input((4,)), Dense(4)])
for n in range(300):
    model = Sequential([model, model])

# -- models that hold each other
a = Sequential()
b = Sequential([a])
a.add(b)
a.build((None, 3))
a.summary()
a.count_params()

# -- products and permutations
import itertools
x = list(itertools.product(range(1000), repeat=10))
y = list(itertools.permutations(range(100)))
z = list(itertools.product(*[range(100)] * 10))
w = list(itertools.chain(*[[1] * 1000] * 1000))

# -- a class that inherits from itself
class A(A):
    pass
A().x
class B(B().x, B):
    def __init__(self):
        super().__init__()
B()

# -- bases that Python refuses
class A: pass
class B(A): pass
class C(A, B):
    def f(self):
        return super().f()
C().f()

# -- properties that read themselves
class A:
    @property
    def x(self):
        return self.x
    @x.setter
    def x(self, v):
        self.x = v
a = A()
a.x
a.x = 1

# -- attributes of everything
class A:
    def __getattr__(self, name):
        return self
    def __call__(self, *a, **k):
        return self
    def __getitem__(self, i):
        return self
    def __iter__(self):
        return self
    def __next__(self):
        return self
a = A()
a.b.c.d()[1].e(2)(3)[4]
for i in a:
    Dense(i)
x, y = a
Sequential(a)
Dense(a)

# -- operators that call themselves
class A:
    def __add__(self, o):
        return o + self
    def __eq__(self, o):
        return o == self
    def __bool__(self):
        return bool(self)
    def __len__(self):
        return len(self)
    def __enter__(self):
        with self:
            return self
a = A()
a + a
a == a
if a:
    pass
len(a)
with a as b:
    pass

# -- decorators that raise
def d(f):
    raise ValueError
@d
def g():
    return 1
g()

# -- decorators of everything
@property
@staticmethod
@classmethod
def f(a):
    return a
f()
@(lambda c: 5)
class A:
    pass
A()
A.b

# -- raising everywhere
class A:
    raise ValueError
try:
    pass
finally:
    raise KeyError

# -- names of Keras in other hands
Dense = 5
Sequential = Dense
x = Sequential([Dense(4)])
layers = None
layers.Dense(4)
keras = {}
keras.layers.Dense(4)
def Input(*a):
    return Input
Input()()()

# -- built-in names in other hands
len = range = list = print = isinstance = lambda *a: a
x = len([1])
for i in range(3):
    print(i)
super = 5
class A:
    def f(self):
        return super().f()
A().f()
None_ = None
None_.x

# -- monkeypatched Keras
keras.layers.Dense = lambda n: n
model = keras.Sequential([keras.layers.Dense(4)])
model.add = lambda *a: None
model.add(4)
model.layers[0] = 5
model.layers.append(6)
model.__class__ = int
del model.layers
model.compile = None
model.compile()

# -- wrong arguments everywhere
Dense()
Dense(-5)
Dense("a")
Dense(None)
Dense([])
Dense(**{"units": Dense})
Dense(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
Conv2D(1, ())
Conv2D(1, (1, "a"))
Conv2D(Conv2D, Conv2D)
Conv2D(1, 10 ** 100)
Input(())
Input(5)
Input("a")
Input((-1,))
Input((None,) * 100)
Input([[1]])
Input({})
Embedding(0, 0)
Reshape((0, -1, -1))
Reshape(())
Permute((5,))
Flatten()(5)
LSTM(0)
Bidirectional(5)
TimeDistributed(TimeDistributed(TimeDistributed))
Sequential(5)
Sequential([[[Dense]]])
Sequential(**5)
Model()
Model(1, 2, 3)
Model(inputs=[], outputs=[])
Model(Input((1,)))
Concatenate()([])
Add()(1)
Add()([Input((1,))])
Dot(axes=(9, 9))([Input((1,)), Input((2,))])

# -- wrong calls everywhere
model = Sequential([Input((4,)), Dense(2)])
model.compile()
model.compile(1, 2, 3, 4, 5)
model.compile(loss={}, metrics=[[]], optimizer=lambda: 1)
model.fit()
model.fit(*model, **model)
model.add()
model.add(1, 2)
model.pop(5)
model.build()
model.build("a")
model.build([[]])
model(model)
model()
model.get_layer()
model.get_layer(10 ** 10)
model.get_layer(name=5)
model.layers[5]
model.layers["a"]
model.layers[0].output[0]
model.output.shape[9]
model.input.shape["a"]
model.count_params(1)
model.summary(1, 2, 3)
model + model
model[0]
-model
model < model
len(model)
for layer in model:
    pass
model.trainable = 5
model.name = None
model.compute_output_shape(5)
model.compute_output_shape((None,))

# -- assignments to anything
Dense(1).x = 5
Dense(1)[0] = 5
(lambda: 1).x = 2
5 .x
"a".x = 1
[].x = 1
{}.x.y.z = 1
a, b = 5
(a, (b, [c, *d])) = None
*a, = 5
[a, b] = "c"
for x[0] in [1, 2]:
    pass
for x.y in [1, 2]:
    pass
with open("a") as x.y, open("b") as x[0]:
    pass
del a, (b, c), d[0], d.x, e[1:2, 3]
x: int
x.y: int = 5

# -- names that are gone
x = 1
del x
x += 1
del x
del nowhere
def f():
    global gone
    del gone
    nonlocal_ = gone
    return gone
f()
def g():
    x = 1
    def h():
        nonlocal x
        del x
        return x
    return h()
g()

# -- metaclasses
class M(type):
    def __new__(m, name, bases, d):
        return type.__new__(m, name, bases, d)
    def __call__(cls, *a):
        return 5
class A(metaclass=M):
    pass
A().x
class B(keras.Model, metaclass=M):
    pass
B()(1)

# -- async
import asyncio
async def f():
    async with a() as b:
        async for c in b:
            await c
            yield c
    return [x async for x in f()]
asyncio.run(f())
await_ = f().send(None)
async def g():
    model = Sequential([Dense(await f())])
    return {a: b async for a, b in f()}

# -- exec and eval
exec("model = 5")
eval("Dense(5)")
globals()["Dense"] = 5
locals()["x"] = 5
vars()["y"] = 5
setattr(keras, "layers", None)
__import__("os").system("true")
compile("x", "y", "exec")
getattr(keras, "lay" + "ers").Dense(4)
type("A", (keras.Model,), {})()
object.__subclasses__()

# -- star imports of the unknown
from nowhere import *
from .nowhere import *
from . import *
from .... import *
from keras.nowhere import *
from keras import *
x = anything(Dense(3))
import keras.nowhere.at.all as k
k.Dense(4)

# -- conditional redefinition
import random
if random.random() > 0.5:
    def make():
        return Sequential([Dense(3)])
else:
    make = None
model = make()
model.add(Dense(2))
if random.random() > 0.5:
    model = None
model.add(Dense(2))

# -- patterns
match [1, [2, {"a": 3}], Dense(1)]:
    case [1, [2, {"a": x, **rest}], Dense(units=u)]:
        pass
    case {"a": 1}:
        pass
    case [*_, last]:
        pass
    case (1 | 2 | 3) as n if n > 5:
        pass
    case str(a, b, c=d):
        pass
    case -1 | 1.5 | 2 + 3j | "a" | None | True:
        pass

# -- every odd statement
try:
    pass
except* ValueError:
    pass
assert False, "a"
assert (1, "always true")
lambda: (yield)
def f():
    yield from f()
    x = yield
    return (yield x)
list(f())
raise
raise None
raise 5 from 6

# -- generators
def f():
    while True:
        yield Dense(4)
model = Sequential(f())
x = list(f())
for y in f():
    pass
z = next(f())
a, b = f()
sum(1 for _ in f())

# -- callbacks into itself
def f(g):
    return g(g)
f(f)
Y = lambda f: (lambda x: x(x))(lambda y: f(lambda *a: y(y)(*a)))
Y(lambda g: lambda n: g(n + 1))(0)
list(map(f, [f] * 1000))
sorted([f] * 1000, key=f)
from functools import partial, reduce
p = partial(partial, partial)
for i in range(100):
    p = partial(p, p)
p()()()
reduce(lambda a, b: [a, b], range(10 ** 6))

# -- subclasses that misbehave
class L(keras.layers.Layer):
    def __init__(self):
        self.call(self)
    def build(self, shape):
        self.build(shape)
        return self
    def call(self, x):
        return self(x)
    def __call__(self, x):
        return self.call(x)
    def compute_output_shape(self, s):
        return self.compute_output_shape(s)
l = L()
l(Input((4,)))
Sequential([Input((4,)), l])
class M(keras.Model):
    def __init__(self):
        super().__init__()
        self.m = M()
    def call(self, x):
        return self.m(x)
M()(Input((4,)))
class S(keras.Sequential):
    def add(self, x):
        super().add(S())
        self.add(x)
S([Dense(1)]).add(Dense(2))

# -- keras here and there
model = Sequential()
model.add(Input((8, 8, 3)))
model.add(Conv2D(4, 3))
model.add(Flatten())
x = Input((4,))
y = Dense(4)(x)
z = Add()([x, y])
net = Model(x, [y, z])
model.compile("adam", "mse")
model.fit(x, y)
model.pop()
net.layers[0].trainable = False

# -- a thousand functional models in each other
i = Input((4,))
model = Model(i, Dense(4)(i))
for n in range(1000):
    i = Input((4,))
    model = Model(i, model(i))
model.summary()
model.count_params()

# -- a thousand Sequential models in each other
model = Sequential([Input((4,)), Dense(4)])
for n in range(1000):
    model = Sequential([Input((4,)), model])
model.count_params()
model.trainable = False

# -- a thousand wrappers in each other
layer = Dense(4)
for n in range(1000):
    layer = TimeDistributed(layer)
layer(Input((None,) * 20))
layer.trainable = False
model = Sequential([Input((4, 4)), layer])
model.count_params()
layer = LSTM(4)
for n in range(1000):
    layer = Bidirectional(layer)
layer(Input((3, 4)))

# -- layers in lists in lists
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        x = [Dense(1)]
        for i in range(1000):
            x = [x]
        self.x = x
        self.me = self
        self.you = Sequential([self])
    def call(self, x):
        return self.you(self.me(x))
net = Net()
net(Input((4,)))
net.build((None, 4))
net.count_params()
net.summary()

# -- recursive model builders
def build(n, x):
    inputs = Input((8,))
    inner = build(n + 1, Dense(4)(inputs))
    return Model(inputs, inner(inputs))
model = build(0, None)
def halves(n):
    made = Sequential([Input((4,))])
    if n > 0:
        made.add(halves(n - 1))
        made.add(halves(n - 1))
    return made
halves(30).summary()

# -- models in their own inputs
i = Input((8,))
m = Model(i, Dense(8)(i))
Model(m.output, m(m.output)).summary()
Model(m, m)
s = Sequential([Dense(8)])
s.add(s)
s.build((None, 8))

# -- a billion units
Sequential([Input((10**9,)), Dense(10**9), Embedding(10**12, 10**12)]).summary()
Sequential([Input((10,)), Dense(10**1000), Dense(2**4000), Dense(-10**1000)]).summary()
x = Input((10, 10, 3))
for n in range(100):
    x = UpSampling2D(10**9)(x)
Model(x, x).summary()

# -- a hundred thousand axes
shape = (2,) * 10**5
Sequential([Input(shape), Flatten(), Dense(1)]).summary()
x = Input(tuple(range(1, 10**5)))
Model(x, Permute(tuple(range(1, 10**5)))(x)).summary()
Reshape((1,) * 10**5)(Input((1,)))
Concatenate()([Input((1,))] * 10**5)
import numpy as np
np.reshape(np.zeros((1,) * 10**5), shape)

# -- strings where numbers belong
model = Sequential([Input(("8",)), Dense("64"), Dropout("0.5"), Reshape("12"), LSTM("3"), Conv2D("3", "3")])
model.compile(optimizer=3, loss=5, metrics=7)
model.fit("x", "y", epochs="10", batch_size="32", validation_split="0.1", callbacks="c")

# -- questions about texts and numbers that are too large to make
import os
import numpy as np
size = int(os.environ["SIZE"])
if "i" * size == "i" * 10**9 * size or (size * 10**9) * 10**10000:
    Dense(1)
match ("i" * size):
    case "i":
        Dense(2)
x = np.zeros((3,)) + 10
np.power(x, 10**400)
x ** 10**8
for _ in range(100):
    x = x * x

# -- products of everything
import math
math.prod((float("inf"), size, x.shape[0], Input((None,)).shape[1], 10**4000, 10**4000))
math.prod((Input((None, 4)).shape[1], 0.5)), math.prod((0.5, Input((None, 4)).shape[1])), math.prod(["a", 3])

# -- lists that hold themselves
held = [3]
for one in held:
    held.append(held)
Dense(held)(Input((1,)))
table = {}
for n in range(100):
    table[n] = [table] * 100
    held.append(table)
Sequential([Input((4,)), held, table]).fit(held, table)
