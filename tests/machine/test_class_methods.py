"""Class methods that make an object of whatever class they are called on."""

from __future__ import annotations

from tests.machine.helpers import build, raised

BASE = """
class Processor(keras.layers.Layer):
    def call(self, x):
        return x

    @classmethod
    def of(cls, size, **kwargs):
        return cls(size=size, **kwargs)
"""


def test_a_subclass_elsewhere_may_take_other_arguments() -> None:
    assert raised(BASE) == []


def test_nor_is_an_init_the_only_one() -> None:
    own = "\n    def __init__(self, name=None):\n        super().__init__(name=name)\n"
    assert raised(BASE + own) == []


def test_a_call_on_the_class_itself_is_judged() -> None:
    assert raised(f"{BASE}\nProcessor.of(3)") == ["unknown-argument"]


def test_the_class_of_a_plain_function_is_known() -> None:
    made = "\ndef make(size):\n    return Processor(size=size)\n"
    assert raised(BASE + made) == ["unknown-argument"]


def test_a_method_behind_an_unknown_decorator_may_be_a_property() -> None:
    made = build("""
        from lazy_property import LazyProperty
        class Wrapper:
            @LazyProperty
            def inner(self):
                inputs = Input((4,))
                return Model(inputs, Dense(3)(inputs))
            @LazyProperty
            def plain(self):
                return 5
            def outer(self):
                x = self.inner(self.inner.input)
                return Model(self.inner.input, Dense(self.plain())(x))
        model = Wrapper().outer()
    """)
    assert [str(network.params()) for path in made.paths for network in path.networks if network.outputs][-1] == "35"
