"""Keras, imported in one place and without its backend's chatter.

Importing this module takes seconds: only what trains or predicts imports it.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Without a GPU the driver is asked for all the same, and says at length that it is missing.
STANDARD_ERROR = 2

Tensor = Any
"""A symbolic or real tensor of Keras."""

KerasModel = Any
"""A `keras.Model`; Keras ships no type information."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back what native libraries write, and show it when the import fails.

    TensorFlow writes straight to the file descriptor before its log level counts.
    """
    kept = os.dup(STANDARD_ERROR)
    with tempfile.TemporaryFile() as held_back:
        os.dup2(held_back.fileno(), STANDARD_ERROR)
        try:
            yield
        except BaseException:
            held_back.seek(0)
            os.write(kept, held_back.read())
            raise
        finally:
            os.dup2(kept, STANDARD_ERROR)
            os.close(kept)


with _quiet():
    import keras

    keras.ops.zeros(1)  # devices are looked for, and missing ones lamented, at the first tensor

__all__ = ["KerasModel", "Tensor", "compiles_well", "device_here", "keras", "precision_here"]


def compiles_well() -> bool:
    """Tell whether XLA pays off here: not for TensorFlow on a CPU.

    There, compiling one of the nets takes minutes and gains nothing.
    """
    return keras.backend.backend() != "tensorflow" or has_gpu()


def has_gpu() -> bool:
    """Tell whether Keras' backend sees a GPU."""
    return _gpus() > 0


def _gpus() -> int:
    """Count the devices that Keras' backend trains on, unless that is the CPU."""
    if keras.backend.backend() == "torch":  # of which Keras lists no devices
        return int(not str(keras.ops.zeros(1).device).startswith("cpu"))
    return sum(not name.startswith("cpu") for name in keras.distribution.list_devices())


def precision_here(asked: str) -> str:
    """Name the numbers to train in: half of them short ones on a GPU, unless asked otherwise."""
    if asked != "auto":
        return asked
    return "mixed_float16" if has_gpu() else "float32"


def device_here(asked: str) -> str:
    """Say what nets are trained on here and in which numbers, for a reader of the figures."""
    gpus = _gpus()
    device = f"{gpus} GPU" if gpus else f"CPU, {os.cpu_count()} cores"
    return f"{device}, {keras.backend.backend()}, {precision_here(asked)}"
