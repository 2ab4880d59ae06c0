"""Where a net looks: Grad-CAM, by Keras alone, whatever backend it runs on.

Source: Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep networks via
gradient-based localization".
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainer.backend import KerasModel, Tensor, keras
from trainer.data.loading import LABELS
from trainer.nets import MAPS, PROBABILITIES, SCORES


@dataclass(frozen=True, eq=False)
class Attention:
    """What a net makes of one face, and where it looked.

    Attributes:
        crop: RGB, uint8, shape (h, w, 3).
        label: The label whose score is explained.
        heat: How much each pixel speaks for the label, in [0, 1], shape (h, w); all 0 where
            nothing does.
        probabilities: By label.
        regions: How many the net tells apart, down and across.
    """

    crop: NDArray[np.uint8]
    label: str
    heat: NDArray[np.float64]
    probabilities: dict[str, float]
    regions: tuple[int, int]

    @property
    def predicted(self) -> str:
        """The label of the highest probability."""
        return max(self.probabilities, key=self.probabilities.__getitem__)


def attention(net: KerasModel, crop: NDArray[np.uint8], label: str | None = None) -> Attention:
    """Show a net a face and find where it looks for a label, or else for the one it predicts.

    Args:
        net: One that `trainer.nets` has built, trained or not.
        crop: RGB, uint8, shape (size_px, size_px, 3).
        label: One of the seven.
    """
    given = net.predict(crop[np.newaxis], verbose=0)[PROBABILITIES][0]
    probabilities = {name: float(share) for name, share in zip(LABELS, given, strict=True)}
    wanted = label or LABELS[int(given.argmax())]
    heat = grad_cam(net, crop, wanted)
    _, down, across, _ = net.get_layer(MAPS).output.shape
    return Attention(crop, wanted, heat, probabilities, (down, across))


def grad_cam(net: KerasModel, crop: NDArray[np.uint8], label: str) -> NDArray[np.float64]:
    """Find how much each pixel speaks for a label.

    The nets' last maps have 2 to 6 positions a side for crops of 75 px, so that it is a
    region that shows and not an outline. InceptionV3 has a single one: it cannot say where.

    Args:
        net: One that `trainer.nets` has built, trained or not.
        crop: RGB, uint8, shape (size_px, size_px, 3).
        label: One of the seven.

    Returns:
        Shape (size_px, size_px), in [0, 1]; all 0 where nothing speaks for the label.

    Raises:
        ValueError: The net was built by an earlier version, without a layer `maps`.
    """
    maps, sums = maps_and_gradient_sums(net, crop, LABELS.index(label))
    positions = maps.shape[0] * maps.shape[1]
    heat = np.maximum(maps @ (sums / positions), 0)
    if heat.max() > 0:
        heat /= heat.max()
    size_wh = (crop.shape[1], crop.shape[0])
    picture = Image.fromarray(heat.astype(np.float32)).resize(size_wh, Image.Resampling.BILINEAR)
    return np.asarray(picture, dtype=np.float64).clip(0, 1)


def maps_and_gradient_sums(
    net: KerasModel, crop: NDArray[np.uint8], class_number: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Take a net's last maps, and the gradient of a score by each channel's sum of positions.

    Keras has no word for gradients that all backends know, but it trains on all of them:
    every position of a channel gets one bias more, 0 at first, and one step of plain
    gradient descent with a learning rate of 1 on minus the score leaves the sum of the
    gradient over the positions in that bias.

    Returns:
        The maps, shape (h, w, channels), and the sums, shape (channels,).
    """
    maps_layer, scores_layer = _layer(net, MAPS), _layer(net, SCORES)
    maps = keras.Model(net.inputs, maps_layer.output).predict(crop[np.newaxis], verbose=0)
    nudged = _Nudged(keras.Model(maps_layer.output, scores_layer.output), maps.shape[-1])
    # Run without being traced: one step only, and the head is small.
    nudged.compile(keras.optimizers.SGD(learning_rate=1.0), loss=_minus_score, run_eagerly=True)
    wanted = np.eye(len(LABELS), dtype=np.float32)[[class_number]]
    nudged.train_on_batch(maps, wanted)
    sums = keras.ops.convert_to_numpy(nudged.nudge)
    return maps[0].astype(np.float64), sums.astype(np.float64)


def _layer(net: KerasModel, name: str) -> Any:
    if name not in {layer.name for layer in net.layers}:
        raise ValueError(
            f"A net must have a layer `{name}` to show where it looks. Received one with "
            f"{len(net.layers)} others, built by an earlier version: train it again."
        )
    return net.get_layer(name)


def _minus_score(wanted: Tensor, scores: Tensor) -> Tensor:
    return keras.ops.sum(-wanted * scores, axis=-1)


class _Nudged(keras.Model):  # type: ignore[misc] # Keras ships no type information
    """The rest of a net behind its maps, with one bias a channel that alone is trained."""

    def __init__(self, rest: KerasModel, channels: int) -> None:
        super().__init__()
        # Behind a function Keras does not find its weights, which are to stay as they are.
        self.rest = partial(rest, training=False)
        self.nudge = self.add_weight(shape=(channels,), initializer="zeros", name="nudge")

    def call(self, maps: Tensor) -> Tensor:
        """Run the rest as it predicts, without dropout."""
        return self.rest(maps + self.nudge)
