"""Write a promoted net in forms that run without Keras, and check what each answers."""

import contextlib
import io
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from db.jobs.progress import Progress, Steps
from db.model_folder.model_card import MODEL_FILES, ModelFormat, NetExport
from trainer.backend import KerasModel, keras
from trainer.errors import TrainerError
from trainer.nets import FEATURES, PROBABILITIES
from trainer.training.features import net_outputs

MOST_DIFFERENCE: Final = 0.001
"""How far an export may be off: each probability by so much, each feature by so much of the
largest one. Sums in another order differ by 0.0005 at most, as measured on all nets."""

CHECKED_CROPS: Final = 8
TIMED_CALLS: Final = 10
SEED: Final = 7

Answers = dict[str, NDArray[np.float32]]
Runner = Callable[[NDArray[np.float32]], Answers]
"""Takes crops as the net does, and gives `features` and `probabilities`."""


@dataclass(frozen=True)
class NetFormat:
    """One form that nets are written in.

    Attributes:
        title: For people.
        write: Writes a net to a file.
        open: Opens that file as its users would.
    """

    title: str
    write: Callable[[KerasModel, Path], None]
    open: Callable[[Path], Runner]


def write_exports(net: KerasModel, folder: Path) -> Steps[tuple[NetExport, ...]]:
    """Write a net in every form, and keep those that answer as it does.

    A form that fails is no reason to stop: its `NetExport` says why.

    Args:
        net: A net of `trainer.nets`.
        folder: Where the files go, named as `MODEL_FILES` says.

    Raises:
        OSError: The disk is full or shut.
    """
    crops = drawn_crops(net.input.shape[1])
    given = net_outputs(net, crops)
    wanted = {FEATURES: given.features, PROBABILITIES: given.probabilities}
    made = []
    for number, name in enumerate(FORMATS):
        yield Progress(number, len(FORMATS), f"Writing the net as {FORMATS[name].title}")
        made.append(_written(net, name, folder / MODEL_FILES[name], crops, wanted))
    return tuple(made)


def _written(
    net: KerasModel, name: ModelFormat, path: Path, crops: NDArray[np.uint8], wanted: Answers
) -> NetExport:
    try:
        FORMATS[name].write(net, path)
        made = checked(name, path, crops, wanted)
    except OSError:
        raise
    except Exception as error:  # converters let anything out on a layer they do not know
        made = NetExport(name, problem=f"{type(error).__name__}: {_first_line(error)}")
    if made.problem:
        path.unlink(missing_ok=True)
    return made


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), "no reason given")


def checked(name: ModelFormat, path: Path, crops: NDArray[np.uint8], wanted: Answers) -> NetExport:
    """Open an exported net, compare its answers with the original's, and time one face.

    Args:
        crops: uint8, shape (n, size_px, size_px, 3).
        wanted: What the original gives for these.
    """
    run = FORMATS[name].open(path)
    pixels = crops.astype(np.float32)
    given = run(pixels)
    off = {key: _difference(given[key], wanted[key]) for key in wanted}
    of_largest = off[FEATURES] / max(1.0, float(np.abs(wanted[FEATURES]).max()))
    worst = max(off[PROBABILITIES], of_largest)
    problem = ""
    if not worst <= MOST_DIFFERENCE:  # so that answers that are no numbers fail too
        problem = f"Its answers are {worst:.2g} off the net's; {MOST_DIFFERENCE} is allowed."
    return NetExport(name, problem, off[PROBABILITIES], _milliseconds(run, pixels[:1]))


def _difference(given: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    if given.shape != wanted.shape:
        raise TrainerError(f"It answers in shape {given.shape}; expected {wanted.shape}.")
    return float(np.abs(given - wanted).max())


def _milliseconds(run: Runner, crop: NDArray[np.float32]) -> float:
    run(crop)  # the first call of a size makes room for it
    started_at = time.perf_counter()
    for _ in range(TIMED_CALLS):
        run(crop)
    return 1000 * (time.perf_counter() - started_at) / TIMED_CALLS


def drawn_crops(size_px: int) -> NDArray[np.uint8]:
    """Draw crops to compare answers on: smooth shades in every contrast, as faces have.

    Returns:
        uint8, shape (8, size_px, size_px, 3).
    """
    chance = np.random.default_rng(SEED)
    coarse = chance.integers(0, 256, (CHECKED_CROPS, 6, 6, 3), dtype=np.uint8)
    contrasts = np.linspace(0.1, 1, CHECKED_CROPS)
    smooth = [
        cv2.resize(shades, (size_px, size_px), interpolation=cv2.INTER_LINEAR) * contrast
        for shades, contrast in zip(coarse, contrasts, strict=True)
    ]
    return np.rint(smooth).astype(np.uint8)


def _write_onnx(net: KerasModel, path: Path) -> None:
    from trainer.deployment.onnx_graph import onnx_of  # noqa: PLC0415 - where `onnx` is missing, only this fails

    path.write_bytes(onnx_of(net).SerializeToString())


def _open_onnx(path: Path) -> Runner:
    net = cv2.dnn.readNetFromONNX(str(path))

    def run(crops: NDArray[np.float32]) -> Answers:
        net.setInput(crops)
        names = (FEATURES, PROBABILITIES)
        given = net.forward(list(names))
        return {name: np.asarray(one) for name, one in zip(names, given, strict=True)}

    return run


def _tensorflow() -> Any:
    if keras.backend.backend() != "tensorflow":
        raise TrainerError(
            f"TFLite is written by TensorFlow, and Keras runs on {keras.backend.backend()} here. "
            "Promote the model again with KERAS_BACKEND=tensorflow."
        )
    import tensorflow  # noqa: PLC0415 - Keras may run on another backend, without it

    return tensorflow


def _write_tflite(net: KerasModel, path: Path) -> None:
    converter = _tensorflow().lite.TFLiteConverter.from_keras_model(net)
    with contextlib.redirect_stdout(io.StringIO()):  # it lists every weight
        path.write_bytes(converter.convert())


def _open_tflite(path: Path) -> Runner:
    with warnings.catch_warnings():
        # It tells users to move to a package of its own, which is of no use to a check here.
        warnings.filterwarnings("ignore", ".*tf.lite.Interpreter is deprecated", UserWarning)
        interpreter = _tensorflow().lite.Interpreter(str(path))
    signature = interpreter.get_signature_runner()
    return lambda crops: dict(signature(crops=crops))


FORMATS: Final[dict[ModelFormat, NetFormat]] = {
    "onnx": NetFormat("ONNX", _write_onnx, _open_onnx),
    "tflite": NetFormat("TFLite (up to a minute for a large net)", _write_tflite, _open_tflite),
}
"""Every form beside Keras' own."""
