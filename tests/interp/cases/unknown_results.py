# Each ends with a value of x that the interpreter must not claim to know.

# -- recursion without end
def f(n):
    return f(n + 1)
x = f(0)

# -- deep recursion
def f(n):
    return 0 if n == 0 else 1 + f(n - 1)
x = f(500)

# -- generator
def f():
    yield 1
x = list(f())

# -- async
async def f():
    return 1
x = f()

# -- an unknown base
from a import B
class A(B):
    pass
x = A().n

# -- an unknown base that sets attributes
from a import B
class A(B):
    def __init__(self):
        super().__init__()
x = A().n

# -- __new__
class A:
    def __new__(cls):
        return 5
x = A()

# -- __getattr__
class A:
    def __getattr__(self, name):
        return 1
x = A().n

# -- __getattribute__
class A:
    n = 1
    def __getattribute__(self, name):
        return 2
x = A().n

# -- __setattr__
class A:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value + 1)
a = A()
a.n = 1
x = a.n

# -- __eq__
class A:
    def __eq__(self, other):
        return True
x = A() == 3

# -- an attribute of unknown name
from a import b
class A: pass
a = A()
a.n = 2
setattr(a, b, 3)
x = a.n

# -- defaultdict
from collections import defaultdict
d = defaultdict(list)
d['a'].append(1)
x = len(d)

# -- handed to the unknown
from a import b
x = [1]
b(x)

# -- star arguments of unknown length
from a import b
def f(n=1, m=2):
    return n
x = f(*b)

# -- keywords of unknown content
from a import b
def f(n=1):
    return n
x = f(**b)
