"""KC867: a `LambdaCallback` is given a function under a name that Keras never calls."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: The hooks of callbacks. (Keras 3.15, keras/src/callbacks/callback.py)
HOOKS = frozenset(
    {
        f"on_{what}_{when}"
        for what in ("epoch", "train", "test", "predict", "batch", "train_batch", "test_batch", "predict_batch")
        for when in ("begin", "end")
    }
)


class UnknownHook(Rule):
    """`LambdaCallback` receives a hook that does not exist.

    ## What it does

    Reports arguments of `LambdaCallback` that begin with `on_` and are no hook of Keras.

    ## Why it is bad

    `LambdaCallback` keeps any argument as an attribute, without a word. Keras never calls it.

    ## Example

    ```python
    import keras

    show = keras.callbacks.LambdaCallback(on_epoch_ends=lambda epoch, logs: print(epoch, logs))
    ```

    ## Use instead

    ```python
    import keras

    show = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
    ```

    ## References

    - [Keras: LambdaCallback](https://keras.io/api/callbacks/lambda_callback/)
    """

    code = "KC867"
    name = "unknown-hook"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for name, arguments, site in program.calls:
            if name != "keras.callbacks.LambdaCallback":
                continue
            unknown = next((one for one in arguments.keywords if one.startswith("on_") and one not in HOOKS), None)
            if unknown is not None:
                yield Finding(
                    site,
                    f"Keras has no hook {unknown} and never calls it; see on_epoch_end, on_train_batch_end and others",
                )

    VALID = [
        # hooks of Keras
        """
import keras
show = keras.callbacks.LambdaCallback(
    on_epoch_begin=lambda epoch, logs: print(epoch),
    on_train_batch_end=lambda batch, logs: print(logs),
    on_test_end=lambda logs: print(logs),
)
""",
        # an attribute of its own
        """
import keras
show = keras.callbacks.LambdaCallback(on_epoch_end=print, threshold=0.5)
""",
        # any other class
        """
from mine import LambdaCallback
show = LambdaCallback(on_epoch_ends=print)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
show = keras.callbacks.LambdaCallback(on_epoch_finish=lambda epoch, logs: print(epoch))
""",
            [
                (
                    3,
                    "Keras has no hook on_epoch_finish and never calls it; see on_epoch_end, on_train_batch_end and "
                    "others",
                )
            ],
        ),
    ]
