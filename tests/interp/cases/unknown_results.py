# Each ends with a value of x that the interpreter must not claim to know.

# -- recursion without end
def f(n):
    return f(n + 1)
x = f(0)

# -- deep recursion
def f(n):
    return 0 if n == 0 else 1 + f(n - 1)
x = f(500)

# -- a generator over something unknown
from a import items
def f():
    for item in items:
        yield 1
x = list(f())

# -- a generator that goes on for as long as something unknown says
from a import more
def f():
    while True:
        yield 1
        if more():
            break
x = list(f())

# -- what a generator changes behind an unknown number of items
from a import items
log = [1]
def f():
    for item in items:
        log.append(2)
        yield item
for item in f():
    pass
x = log

# -- what a generator changes that unknown code walks over
from a import walk
log = [1]
def f():
    log.append(2)
    yield 3
walk(f())
x = log

# -- an iterator that is walked over in a loop of unknown length
from a import items
i = iter([1, 2, 3])
for item in items:
    next(i)
x = next(i)

# -- what a generator changes that is asked in a loop of unknown length
from a import items
log = [1]
def f():
    while True:
        log.append(2)
        yield 3
i = f()
for item in items:
    next(i)
x = log

# -- what map changes over something unknown
from a import items
log = [1]
list(map(log.append, items))
x = log

# -- a yield under a condition within an expression
from a import b
def f():
    x = b and (yield 1)
    yield 2
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

# -- a method that changes it handed to a library
import pandas as pd
x = set()
pd.read_csv('a.csv')['b'].apply(x.update)
x = len(x)

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
