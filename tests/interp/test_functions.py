"""Functions, classes and their objects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interp.helpers import UNKNOWN, build, known, model, models

PROGRAMS = {
    "positional and keyword": "def f(a, b, c):\n    return (a, b, c)\nx = f(1, c=3, b=2)",
    "defaults": "def f(a, b=2):\n    return a * b\nx = f(3), f(3, 4)",
    "defaults are evaluated once": "n = 1\ndef f(a=n):\n    return a\nn = 2\nx = f()",
    "a mutable default is shared": "def f(a=[]):\n    a.append(1)\n    return len(a)\nx = [f(), f(), f()]",
    "star arguments": "def f(a, *b, c=0, **d):\n    return (a, b, c, d)\nx = f(1, 2, 3, c=4, e=5)",
    "star call": "def f(*a, **k):\n    return (a, k)\nx = f(*[1, 2], *(3,), **{'a': 1}, b=2)",
    "keyword only": "def f(a, *, b):\n    return a - b\nx = f(5, b=2)",
    "positional only": "def f(a, /, b):\n    return a - b\nx = f(5, 2)",
    "no return": "def f():\n    pass\nx = [f()]",
    "early return": "def f(n):\n    for i in range(n):\n        if i == 3:\n            return i\n    return -1\nx = [f(10), f(2)]",
    "closure": "def make(n):\n    return lambda m: n + m\nx = make(2)(3)",
    "late binding": "fs = []\nfor i in range(3):\n    fs.append(lambda: i)\nx = [f() for f in fs]",
    "counter": "def make():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n        return n\n    return f\nf = make()\ng = make()\nx = [f(), f(), g()]",
    "recursion": "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nx = f(6)",
    "mutual recursion": "def even(n):\n    return n == 0 or odd(n - 1)\ndef odd(n):\n    return n != 0 and even(n - 1)\nx = even(7)",
    "decorator": "def twice(f):\n    def g(*a):\n        return 2 * f(*a)\n    return g\n@twice\ndef f(n):\n    return n + 1\nx = f(3)",
    "decorator with arguments": "def times(k):\n    def d(f):\n        return lambda *a: k * f(*a)\n    return d\n@times(3)\ndef f(n):\n    return n\nx = f(2)",
    "decorators in order": "def a(f):\n    return lambda: f() + 'a'\ndef b(f):\n    return lambda: f() + 'b'\n@a\n@b\ndef f():\n    return ''\nx = f()",
    "wraps": "import functools\ndef d(f):\n    @functools.wraps(f)\n    def g():\n        return f() + 1\n    return g\n@d\ndef f():\n    return 1\nx = f()",
    "a class as decorator": "class D:\n    def __init__(self, f):\n        self.f = f\n    def __call__(self):\n        return self.f() * 5\n@D\ndef f():\n    return 2\nx = f()",
    "partial": "from functools import partial\ndef f(a, b, c=3):\n    return (a, b, c)\nx = partial(f, 1, c=9)(2)",
    "lambda default": "x = (lambda a, b=4: a * b)(2)",
    "functions as values": "def add(a, b):\n    return a + b\nops = {'add': add}\nx = ops['add'](1, 2)",
    "function attributes of modules": "import math\nx = math.ceil(2.1) + math.floor(2.9) + int(math.sqrt(16))",
    "nested functions": "def f():\n    def g():\n        def h():\n            return 7\n        return h()\n    return g()\nx = f()",
    "redefinition": "def f():\n    return 1\ndef f():\n    return 2\nx = f()",
    "conditional definition": "if 1 > 2:\n    def f():\n        return 1\nelse:\n    def f():\n        return 2\nx = f()",
    "map over a function": "def f(n):\n    return n * n\nx = list(map(f, [1, 2, 3]))",
    "attributes": "class A:\n    n = 1\n    def __init__(self, m):\n        self.m = m\na = A(2)\nb = A(3)\nb.n = 5\nx = [a.n, a.m, b.n, b.m, A.n]",
    "a list on the class is shared": "class A:\n    items = []\nA().items.append(1)\nA().items.append(2)\nx = A.items",
    "methods": "class A:\n    def __init__(self):\n        self.n = 0\n    def up(self, by=1):\n        self.n += by\n        return self\nx = A().up().up(4).n",
    "inheritance": "class A:\n    def f(self):\n        return 1\n    def g(self):\n        return self.f() * 10\nclass B(A):\n    def f(self):\n        return 2\nx = [A().g(), B().g()]",
    "super": "class A:\n    def __init__(self, n):\n        self.n = n\nclass B(A):\n    def __init__(self, n):\n        super().__init__(n + 1)\nclass C(B):\n    def __init__(self):\n        super(C, self).__init__(5)\nx = C().n",
    "diamond": "class A:\n    def f(self):\n        return 'A'\nclass B(A):\n    pass\nclass C(A):\n    def f(self):\n        return 'C'\nclass D(B, C):\n    pass\nx = D().f()",
    "cooperative super": "class A:\n    def f(self):\n        return 'A'\nclass B(A):\n    def f(self):\n        return 'B' + super().f()\nclass C(A):\n    def f(self):\n        return 'C' + super().f()\nclass D(B, C):\n    def f(self):\n        return 'D' + super().f()\nx = D().f()",
    "calls on the class": "class A:\n    def f(self, n):\n        return n\nclass B(A):\n    def f(self, n):\n        return A.f(self, n) + 1\nx = B().f(3)",
    "property": "class A:\n    def __init__(self):\n        self._n = 2\n    @property\n    def n(self):\n        return self._n * 10\nx = A().n",
    "setter": "class A:\n    _n = 0\n    @property\n    def n(self):\n        return self._n\n    @n.setter\n    def n(self, v):\n        self._n = v + 1\na = A()\na.n = 4\nx = (a.n, a._n)",
    "class method": "class A:\n    k = 3\n    @classmethod\n    def make(cls, n):\n        a = cls()\n        a.n = n * cls.k\n        return a\nclass B(A):\n    k = 5\nx = [A.make(2).n, B.make(2).n]",
    "static method": "class A:\n    @staticmethod\n    def f(n):\n        return n + 1\nx = [A.f(1), A().f(2)]",
    "call": "class A:\n    def __call__(self, n):\n        return n * 2\nx = A()(4)",
    "operators": "class V:\n    def __init__(self, n):\n        self.n = n\n    def __add__(self, o):\n        return V(self.n + o.n)\n    def __getitem__(self, i):\n        return self.n * i\nx = [(V(1) + V(2)).n, V(3)[4]]",
    "truth": "class A:\n    def __bool__(self):\n        return False\nclass B:\n    def __len__(self):\n        return 0\nx = [1 if A() else 2, 1 if B() else 2]",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass A:\n    n: int\n    m: int = 4\n    def area(self):\n        return self.n * self.m\nx = [A(2).area(), A(2, m=3).area(), A(n=1).m]",
    "dataclass inheritance": "from dataclasses import dataclass\n@dataclass\nclass A:\n    n: int = 1\n@dataclass\nclass B(A):\n    m: int = 2\nx = (B(5).n, B(5).m, B(5, 6).m)",
    "getattr and setattr": "class A:\n    pass\na = A()\nsetattr(a, 'n', 3)\nx = [getattr(a, 'n'), hasattr(a, 'n'), hasattr(a, 'm')]",
    "bound methods": "class A:\n    def __init__(self, n):\n        self.n = n\n    def f(self):\n        return self.n\nfs = [A(i).f for i in range(3)]\nx = [f() for f in fs]",
    "isinstance": "class A: pass\nclass B(A): pass\nx = [isinstance(B(), A), isinstance(A(), B), type(B()) is B]",
    "monkeypatch": "class A:\n    def f(self):\n        return 1\nA.f = lambda self: 2\nx = A().f()",
    "a class inside a function": "def make(n):\n    class A:\n        k = n\n    return A\nx = make(3).k",
    "del attribute": "class A:\n    n = 1\na = A()\na.n = 2\ndel a.n\nx = a.n",
    "name": "class A: pass\ndef f(): pass\nx = f.__name__",
}  # fmt: skip


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_as_python_does(code: str) -> None:
    space: dict[str, Any] = {}
    exec(code, space)
    assert known(code) == space["x"]


UNKNOWN_RESULTS = {
    "recursion without end": "def f(n):\n    return f(n + 1)\nx = f(0)",
    "deep recursion": "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\nx = f(500)",
    "generator": "def f():\n    yield 1\nx = list(f())",
    "async": "async def f():\n    return 1\nx = f()",
    "an unknown base": "from a import B\nclass A(B):\n    pass\nx = A().n",
    "an unknown base that sets attributes": "from a import B\nclass A(B):\n    def __init__(self):\n        super().__init__()\nx = A().n",
    "__new__": "class A:\n    def __new__(cls):\n        return 5\nx = A()",
    "__getattr__": "class A:\n    def __getattr__(self, name):\n        return 1\nx = A().n",
    "__getattribute__": "class A:\n    n = 1\n    def __getattribute__(self, name):\n        return 2\nx = A().n",
    "__setattr__": "class A:\n    def __setattr__(self, name, value):\n        object.__setattr__(self, name, value + 1)\na = A()\na.n = 1\nx = a.n",
    "__eq__": "class A:\n    def __eq__(self, other):\n        return True\nx = A() == 3",
    "an attribute of unknown name": "from a import b\nclass A: pass\na = A()\na.n = 2\nsetattr(a, b, 3)\nx = a.n",
    "defaultdict": "from collections import defaultdict\nd = defaultdict(list)\nd['a'].append(1)\nx = len(d)",
    "handed to the unknown": "from a import b\nx = [1]\nb(x)",
    "star arguments of unknown length": "from a import b\ndef f(n=1, m=2):\n    return n\nx = f(*b)",
    "keywords of unknown content": "from a import b\ndef f(n=1):\n    return n\nx = f(**b)",
}  # fmt: skip


@pytest.mark.parametrize("code", UNKNOWN_RESULTS.values(), ids=UNKNOWN_RESULTS)
def test_not_known(code: str) -> None:
    assert known(code) is UNKNOWN


def test_a_generator_of_layers_is_unknown_not_empty() -> None:
    network = model("""
        def make():
            yield Input((4,))
            yield Dense(1)
        model = Sequential(make())
    """)
    assert network.open is not None


# -- functions and methods that nobody calls ----------------------------------------------------------------------------


def test_a_function_nobody_calls_is_analysed_with_its_defaults() -> None:
    analysis = build("""
        def make(units=8, size=(4,)):
            model = Sequential([Input(size), Dense(units)])
            return model
    """)
    (network,) = [n for path in analysis.paths for n in path.networks]
    assert network.status() == "exact"
    assert network.params() == 40


def test_a_parameter_without_default_is_a_size_of_its_name() -> None:
    analysis = build("""
        def make(size, units):
            return Sequential([Input((size,)), Dense(units), Dense(units // 2)])
    """)
    (network,) = [n for path in analysis.paths for n in path.networks]
    assert network.status() == "symbolic"
    assert [str(layer.output_shapes()[0][1]) for layer in network.layers] == ["units", "units // 2"]  # type: ignore[index]


def test_a_function_that_is_called_is_not_analysed_again() -> None:
    analysis = build("""
        def make(units):
            return Sequential([Input((2,)), Dense(units)])
        make(3)
    """)
    assert [[n.params() for n in path.networks] for path in analysis.paths] == [[9]]


def test_methods_nobody_calls_see_what_init_sets() -> None:
    analysis = build("""
        class Trainer:
            def __init__(self, units=5):
                self.units = units
            def make(self):
                self.model = Sequential([Input((3,)), Dense(self.units)])
                self.model.compile("adam", "mse")
    """)
    found = [path for path in analysis.paths if path.networks]
    assert [path.networks[0].params() for path in found] == [20]
    assert [path.compiles[0].network for path in found] == [path.networks[0] for path in found]


def test_a_method_changes_no_model_of_the_module() -> None:
    analysis = build("""
        model = Sequential([Input((2,)), Dense(3)])
        def grow():
            model.add(Dense(4))
    """)
    assert {len(n.layers) for path in analysis.paths for n in path.networks} == {1}


def test_functions_in_functions_are_entered_through_their_callers() -> None:
    (network,) = models("""
        def outer(n):
            def inner(m):
                return Dense(m)
            return Sequential([Input((2,)), inner(n), inner(n + 1)])
        outer(3)
    """)
    assert network.params() == 9 + 16
