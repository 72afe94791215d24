# Programs of several files; each main.py ends with a value of x that the interpreter must know as Python does.

# -- module beside
# file main.py
import helper
x = helper.n
# file helper.py
n = 5

# -- from module
# file main.py
from helper import n as x
# file helper.py
n = 5

# -- star
# file main.py
from helper import *
x = n
# file helper.py
n = 5
_m = 6

# -- package
# file main.py
from pkg.sub import n as x
# file pkg/__init__.py
# file pkg/sub.py
n = 5

# -- package attribute
# file main.py
import pkg.sub
x = pkg.sub.n
# file pkg/__init__.py
# file pkg/sub.py
n = 5

# -- package alias
# file main.py
import pkg.sub as s
x = s.n
# file pkg/__init__.py
# file pkg/sub.py
n = 5

# -- re-export
# file main.py
from pkg import n as x
# file pkg/__init__.py
from .sub import n
# file pkg/sub.py
n = 5

# -- re-export by star
# file main.py
from pkg import n as x
# file pkg/__init__.py
from .sub import *
# file pkg/sub.py
n = 5

# -- submodule not imported yet
# file main.py
from pkg import sub
x = sub.n
# file pkg/__init__.py
# file pkg/sub.py
n = 5

# -- relative
# file main.py
from pkg.a import x
# file pkg/__init__.py
# file pkg/a.py
from .b import n as x
# file pkg/b.py
n = 5

# -- relative module
# file main.py
from pkg.a import x
# file pkg/__init__.py
# file pkg/a.py
from . import b
x = b.n
# file pkg/b.py
n = 5

# -- relative, two up
# file main.py
from pkg.in_.a import x
# file pkg/__init__.py
# file pkg/b.py
n = 5
# file pkg/in_/__init__.py
# file pkg/in_/a.py
from ..b import n as x

# -- absolute within a package
# file main.py
from pkg.a import x
# file pkg/__init__.py
# file pkg/a.py
from pkg.b import n as x
# file pkg/b.py
n = 5

# -- function
# file main.py
from helper import f
x = f(3)
# file helper.py
k = 2
def f(n):
    return n + k

# -- class
# file main.py
from helper import A
x = A(5).n
# file helper.py
class A:
    def __init__(self, n):
        self.n = n

# -- inherited
# file main.py
from helper import A
class B(A):
    pass
x = B().f()
# file helper.py
class A:
    def f(self):
        return 5

# -- a module is run once
# file main.py
import a
import b
x = a.log + b.log
# file a.py
from c import log
log.append(1)
# file b.py
from c import log
# file c.py
log = []

# -- setting a name of a module
# file main.py
import helper
helper.n = 7
x = helper.f()
# file helper.py
n = 5
def f():
    return n

# -- __name__
# file main.py
import helper
x = [__name__, helper.x]
# file helper.py
x = __name__

# -- cycle
# file main.py
import a
x = a.f()
# file a.py
import b
n = 5
def f():
    return b.g()
# file b.py
import a
def g():
    return a.n

# -- conditional import
# file main.py
try:
    from helper import n as x
except ImportError:
    x = 0
# file helper.py
n = 5

# -- import in a function
# file main.py
def f():
    from helper import n
    return n
x = f()
# file helper.py
n = 5

# -- a module out of a folder without __init__.py
# file main.py
from folder import helper
import folder.other as other
import folder.deep.inner
from folder.deep import inner
x = helper.n + other.n + folder.deep.inner.n + inner.n
# file folder/helper.py
n = 5
# file folder/other.py
n = 7
# file folder/deep/inner.py
from . import beside
from .. import helper
n = beside.n + helper.n
# file folder/deep/beside.py
n = 11

# -- a module and a folder of one name
# file main.py
from both import n as x
# file both.py
n = 5
# file both/n.py
m = 6
