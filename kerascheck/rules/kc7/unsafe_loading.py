"""KC701: a model file may run code when it is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.events import FileCall
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class UnsafeLoading(Rule):
    """A model is loaded with `safe_mode=False`, or the safe mode is switched off as a whole.

    ## What it does

    Reports `load_model(..., safe_mode=False)` on a file that the program has not written itself, and
    `keras.config.enable_unsafe_deserialization()`.

    ## Why it is bad

    A file may hold a Lambda layer with any code in it, and loading runs that code. Whoever can give you the file can
    run programs on your machine.

    ## Example

    ```python
    import sys
    import keras

    model = keras.models.load_model(sys.argv[1], safe_mode=False)
    ```

    ## Use instead

    ```python
    import sys
    import keras

    model = keras.models.load_model(sys.argv[1])
    ```

    ## References

    - [Keras: load_model](https://keras.io/api/models/model_saving_apis/model_saving_and_loading/)
    - [CVE-2024-3660](https://nvd.nist.gov/vuln/detail/CVE-2024-3660)
    """

    code = "KC701"
    name = "unsafe-loading"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            if isinstance(event, FileCall) and event.verb == "load" and event.held is None:
                given = event.arguments.get("safe_mode", 3)
                if isinstance(given, Given) and given.value is False:
                    site = event.site if given.node is None else Site(event.site.file, given.node)
                    yield Finding(
                        site,
                        "safe_mode=False runs whatever code the file holds; load only trusted files, "
                        "or replace the Lambda layers by registered classes",
                        anchor=event.site,
                    )
        for name, _, site in program.calls:
            if name.rpartition(".")[2] == "enable_unsafe_deserialization":
                yield Finding(
                    site,
                    "this lets every model file run code when it is loaded; pass safe_mode=False to the one load_model "
                    "that needs it and whose file is your own",
                )

    VALID = [
        # safe
        """
import keras
model = keras.models.load_model("model.keras")
""",
        # said again
        """
import keras
model = keras.models.load_model("model.keras", safe_mode=True)
""",
        # a file of the program's own
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Lambda(lambda x: 2 * x)])
model.save("double.keras")
again = keras.models.load_model("double.keras", safe_mode=False)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
def fetch(path):
    return tf.keras.models.load_model(path, safe_mode=False)
""",
            [
                (
                    4,
                    "safe_mode=False runs whatever code the file holds; load only trusted files, "
                    "or replace the Lambda layers by registered classes",
                )
            ],
        ),
        Invalid(
            """
import keras
keras.config.enable_unsafe_deserialization()
model = keras.models.load_model("model.keras")
""",
            [
                (
                    3,
                    "this lets every model file run code when it is loaded; pass safe_mode=False to the one load_model "
                    "that needs it and whose file is your own",
                )
            ],
        ),
    ]
