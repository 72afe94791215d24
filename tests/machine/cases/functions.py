# Each ends with a value of x that the interpreter must know as Python does.

# -- positional and keyword
def f(a, b, c):
    return (a, b, c)
x = f(1, c=3, b=2)

# -- defaults
def f(a, b=2):
    return a * b
x = f(3), f(3, 4)

# -- defaults are evaluated once
n = 1
def f(a=n):
    return a
n = 2
x = f()

# -- a mutable default is shared
def f(a=[]):
    a.append(1)
    return len(a)
x = [f(), f(), f()]

# -- star arguments
def f(a, *b, c=0, **d):
    return (a, b, c, d)
x = f(1, 2, 3, c=4, e=5)

# -- star call
def f(*a, **k):
    return (a, k)
x = f(*[1, 2], *(3,), **{'a': 1}, b=2)

# -- keyword only
def f(a, *, b):
    return a - b
x = f(5, b=2)

# -- positional only
def f(a, /, b):
    return a - b
x = f(5, 2)

# -- no return
def f():
    pass
x = [f()]

# -- early return
def f(n):
    for i in range(n):
        if i == 3:
            return i
    return -1
x = [f(10), f(2)]

# -- closure
def make(n):
    return lambda m: n + m
x = make(2)(3)

# -- late binding
fs = []
for i in range(3):
    fs.append(lambda: i)
x = [f() for f in fs]

# -- counter
def make():
    n = 0
    def f():
        nonlocal n
        n += 1
        return n
    return f
f = make()
g = make()
x = [f(), f(), g()]

# -- recursion
def f(n):
    return 1 if n < 2 else n * f(n - 1)
x = f(6)

# -- mutual recursion
def even(n):
    return n == 0 or odd(n - 1)
def odd(n):
    return n != 0 and even(n - 1)
x = even(7)

# -- decorator
def twice(f):
    def g(*a):
        return 2 * f(*a)
    return g
@twice
def f(n):
    return n + 1
x = f(3)

# -- decorator with arguments
def times(k):
    def d(f):
        return lambda *a: k * f(*a)
    return d
@times(3)
def f(n):
    return n
x = f(2)

# -- decorators in order
def a(f):
    return lambda: f() + 'a'
def b(f):
    return lambda: f() + 'b'
@a
@b
def f():
    return ''
x = f()

# -- wraps
import functools
def d(f):
    @functools.wraps(f)
    def g():
        return f() + 1
    return g
@d
def f():
    return 1
x = f()

# -- a class as decorator
class D:
    def __init__(self, f):
        self.f = f
    def __call__(self):
        return self.f() * 5
@D
def f():
    return 2
x = f()

# -- partial
from functools import partial
def f(a, b, c=3):
    return (a, b, c)
x = partial(f, 1, c=9)(2)

# -- lambda default
x = (lambda a, b=4: a * b)(2)

# -- functions as values
def add(a, b):
    return a + b
ops = {'add': add}
x = ops['add'](1, 2)

# -- function attributes of modules
import math
x = math.ceil(2.1) + math.floor(2.9) + int(math.sqrt(16))

# -- nested functions
def f():
    def g():
        def h():
            return 7
        return h()
    return g()
x = f()

# -- redefinition
def f():
    return 1
def f():
    return 2
x = f()

# -- conditional definition
if 1 > 2:
    def f():
        return 1
else:
    def f():
        return 2
x = f()

# -- map over a function
def f(n):
    return n * n
x = list(map(f, [1, 2, 3]))

# -- attributes
class A:
    n = 1
    def __init__(self, m):
        self.m = m
a = A(2)
b = A(3)
b.n = 5
x = [a.n, a.m, b.n, b.m, A.n]

# -- a list on the class is shared
class A:
    items = []
A().items.append(1)
A().items.append(2)
x = A.items

# -- methods
class A:
    def __init__(self):
        self.n = 0
    def up(self, by=1):
        self.n += by
        return self
x = A().up().up(4).n

# -- inheritance
class A:
    def f(self):
        return 1
    def g(self):
        return self.f() * 10
class B(A):
    def f(self):
        return 2
x = [A().g(), B().g()]

# -- super
class A:
    def __init__(self, n):
        self.n = n
class B(A):
    def __init__(self, n):
        super().__init__(n + 1)
class C(B):
    def __init__(self):
        super(C, self).__init__(5)
x = C().n

# -- diamond
class A:
    def f(self):
        return 'A'
class B(A):
    pass
class C(A):
    def f(self):
        return 'C'
class D(B, C):
    pass
x = D().f()

# -- cooperative super
class A:
    def f(self):
        return 'A'
class B(A):
    def f(self):
        return 'B' + super().f()
class C(A):
    def f(self):
        return 'C' + super().f()
class D(B, C):
    def f(self):
        return 'D' + super().f()
x = D().f()

# -- calls on the class
class A:
    def f(self, n):
        return n
class B(A):
    def f(self, n):
        return A.f(self, n) + 1
x = B().f(3)

# -- property
class A:
    def __init__(self):
        self._n = 2
    @property
    def n(self):
        return self._n * 10
x = A().n

# -- setter
class A:
    _n = 0
    @property
    def n(self):
        return self._n
    @n.setter
    def n(self, v):
        self._n = v + 1
a = A()
a.n = 4
x = (a.n, a._n)

# -- class method
class A:
    k = 3
    @classmethod
    def make(cls, n):
        a = cls()
        a.n = n * cls.k
        return a
class B(A):
    k = 5
x = [A.make(2).n, B.make(2).n]

# -- static method
class A:
    @staticmethod
    def f(n):
        return n + 1
x = [A.f(1), A().f(2)]

# -- call
class A:
    def __call__(self, n):
        return n * 2
x = A()(4)

# -- operators
class V:
    def __init__(self, n):
        self.n = n
    def __add__(self, o):
        return V(self.n + o.n)
    def __getitem__(self, i):
        return self.n * i
x = [(V(1) + V(2)).n, V(3)[4]]

# -- truth
class A:
    def __bool__(self):
        return False
class B:
    def __len__(self):
        return 0
x = [1 if A() else 2, 1 if B() else 2]

# -- dataclass
from dataclasses import dataclass
@dataclass
class A:
    n: int
    m: int = 4
    def area(self):
        return self.n * self.m
x = [A(2).area(), A(2, m=3).area(), A(n=1).m]

# -- dataclass inheritance
from dataclasses import dataclass
@dataclass
class A:
    n: int = 1
@dataclass
class B(A):
    m: int = 2
x = (B(5).n, B(5).m, B(5, 6).m)

# -- getattr and setattr
class A:
    pass
a = A()
setattr(a, 'n', 3)
x = [getattr(a, 'n'), hasattr(a, 'n'), hasattr(a, 'm')]

# -- hasattr of things of Python
things = ([1], (1,), {'a': 1}, {1}, 'text', range(3), 2, None, {}.keys(), lambda: 1)
x = [[hasattr(thing, name) for thing in things] for name in ('__len__', 'append', 'split', '__iter__', 'keys', 'shape')]
x[1][-1] = x[2][-1] = x[4][-1] = x[5][-1] = x[0][-1] = x[3][-1] = False

# -- hasattr of a list of unknown length
import os
grown = []
for name in os.listdir('.'):
    grown.append(name)
x = [hasattr(grown, '__len__'), hasattr(grown, 'shape'), hasattr(list(os.listdir('.')), 'keys')]

# -- bound methods
class A:
    def __init__(self, n):
        self.n = n
    def f(self):
        return self.n
fs = [A(i).f for i in range(3)]
x = [f() for f in fs]

# -- isinstance
class A: pass
class B(A): pass
x = [isinstance(B(), A), isinstance(A(), B), type(B()) is B]

# -- monkeypatch
class A:
    def f(self):
        return 1
A.f = lambda self: 2
x = A().f()

# -- a class inside a function
def make(n):
    class A:
        k = n
    return A
x = make(3).k

# -- del attribute
class A:
    n = 1
a = A()
a.n = 2
del a.n
x = a.n

# -- name
class A: pass
def f(): pass
x = f.__name__
