"""The nets: builder, input size, preprocessing and head of each.

The paper's parameter counts pin the heads down; see the contract test. Every net takes
raw RGB crops (n, size_px, size_px, 3) with values from 0 to 255 and scales them itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from db.labels import Expression
from db.run_folder.paper import TABLE_TWO_NET
from trainer.backend import KerasModel, Tensor, keras
from trainer.nets.weights import backbone

MAPS: Final = "maps"
FEATURES: Final = "features"
SCORES: Final = "scores"
PROBABILITIES: Final = "probabilities"
CROP_SIZE_PX: Final = 75
MINI_SIZE_PX: Final = 48

_layers = keras.layers


@dataclass(frozen=True)
class Net:
    """What makes one net.

    Attributes:
        body: From scaled crops and a choice of weights (see `trainer.nets.weights`) to
            feature maps.
        preprocess: From raw crops to what the body was made for.
        head: From feature maps to features (n, d).
        size_px: Width and height of the crops.
        is_output_normalised: Whether batch normalisation stands before the softmax.
        has_imagenet_weights: Whether its body has published weights.
    """

    body: Callable[[Tensor, str | None], Tensor]
    preprocess: Callable[[Tensor], Tensor]
    head: Callable[[Tensor], Tensor]
    size_px: int = CROP_SIZE_PX
    is_output_normalised: bool = False
    has_imagenet_weights: bool = True

    def build(self, weights: str | None = None) -> KerasModel:
        """Build the net with new weights; seed Keras first to get the same ones twice.

        Returns:
            A model from crops to a dictionary of `features` (n, d) and `probabilities`
            (n, 7), both float32.
        """
        crops = keras.Input((self.size_px, self.size_px, 3), name="crops")
        maps = _layers.Identity(name=MAPS)(self.body(self.preprocess(crops), weights))
        features = _layers.Identity(name=FEATURES, dtype="float32")(self.head(maps))
        scores = _layers.Dense(len(Expression), name=SCORES)(features)
        if self.is_output_normalised:
            scores = _layers.BatchNormalization()(scores)
        probabilities = _layers.Softmax(name=PROBABILITIES, dtype="float32")(scores)
        return keras.Model(crops, {FEATURES: features, PROBABILITIES: probabilities})


def _to_plus_minus_one(crops: Tensor) -> Tensor:
    return _layers.Rescaling(1 / 127.5, offset=-1)(crops)


def _to_centred_bgr(crops: Tensor) -> Tensor:
    """Flip to BGR and take ImageNet's mean off, as the first Caffe nets had it."""
    bgr = keras.ops.flip(crops, axis=-1)
    return _layers.Rescaling(1.0, offset=[-103.939, -116.779, -123.68])(bgr)


def _as_they_are(crops: Tensor) -> Tensor:
    return crops


def _application(name: str, **choices: Any) -> Callable[[Tensor, str | None], Tensor]:
    def body(crops: Tensor, weights: str | None) -> Tensor:
        return backbone(name, crops.shape[1], weights, **choices)(crops)

    return body


def _xception_beside_resnet(crops: Tensor, weights: str | None) -> Tensor:
    """Join the maps of both backbones and mix them by a 1 x 1 convolution, as described."""
    maps = [_application(name)(crops, weights) for name in ("Xception", "ResNet50V2")]
    return _layers.Conv2D(1024, 1)(_layers.Concatenate()(maps))


def _alexnet_body(crops: Tensor, _: str | None) -> Tensor:
    maps = _convolved(crops, filters=96, size=11, strides=4, is_pooled=True)
    maps = _convolved(maps, filters=256, size=5, is_pooled=True)
    maps = _convolved(maps, filters=384, size=3)
    maps = _convolved(maps, filters=384, size=3)
    return _convolved(maps, filters=256, size=3, is_pooled=True)


def _convolved(
    maps: Tensor, *, filters: int, size: int, strides: int = 1, is_pooled: bool = False
) -> Tensor:
    maps = _layers.Conv2D(filters, size, strides, padding="same", activation="relu")(maps)
    if is_pooled:
        maps = _layers.MaxPooling2D()(maps)
    return _layers.BatchNormalization()(maps)


def _alexnet_head(maps: Tensor) -> Tensor:
    features = _layers.Flatten()(maps)
    for units in (4096, 4096, 1000):
        features = _layers.Dense(units, activation="relu")(features)
        features = _layers.Dropout(0.4)(features)
        features = _layers.BatchNormalization()(features)
    return features


def _mini_resnet_body(crops: Tensor, _: str | None) -> Tensor:
    """Three residual blocks (He et al. 2016) on crops of 48 px, the size of FER2013's faces."""
    maps = _normalised(_layers.Resizing(MINI_SIZE_PX, MINI_SIZE_PX)(crops), filters=32)
    for filters in (48, 96, 192):
        maps = _residual(maps, filters)
    return maps


def _residual(maps: Tensor, filters: int) -> Tensor:
    """Halve the maps, then add what two convolutions see in them to the maps themselves."""
    seen = _normalised(maps, filters=filters, strides=2)
    seen = _normalised(seen, filters=filters, is_activated=False)
    passed = _normalised(maps, filters=filters, size=1, strides=2, is_activated=False)
    return _layers.ReLU()(_layers.Add()([seen, passed]))


def _normalised(
    maps: Tensor, *, filters: int, size: int = 3, strides: int = 1, is_activated: bool = True
) -> Tensor:
    maps = _layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(maps)
    maps = _layers.BatchNormalization()(maps)
    return _layers.ReLU()(maps) if is_activated else maps


def _averaged(*units: int) -> Callable[[Tensor], Tensor]:
    """Make a head: global average, then fully connected layers of so many units."""

    def head(maps: Tensor) -> Tensor:
        features = _layers.GlobalAveragePooling2D()(maps)
        for count in units:
            features = _layers.Dense(count, activation="relu")(features)
        return features

    return head


NETS: Final = {
    "AlexNet": Net(
        _alexnet_body,
        _to_plus_minus_one,
        _alexnet_head,
        is_output_normalised=True,
        has_imagenet_weights=False,
    ),
    "InceptionV3": Net(_application("InceptionV3"), _to_plus_minus_one, _averaged(1024)),
    "ResNet50": Net(_application("ResNet50"), _to_centred_bgr, _averaged()),
    "VGG16": Net(_application("VGG16"), _to_centred_bgr, _averaged(4096, 4096)),
    "Xception": Net(_application("Xception"), _to_plus_minus_one, _averaged(256)),
    TABLE_TWO_NET: Net(_xception_beside_resnet, _to_plus_minus_one, _averaged()),
    # A stride of 2 less would be kinder to small crops, and no longer fit ImageNet's weights.
    "MobileNetV3": Net(
        _application("MobileNetV3Small", include_preprocessing=False),
        _to_plus_minus_one,
        _averaged(256),
    ),
    "MiniResNet": Net(
        _mini_resnet_body, _to_plus_minus_one, _averaged(), has_imagenet_weights=False
    ),
    "EfficientNetV2B0": Net(
        _application("EfficientNetV2B0", include_preprocessing=True), _as_they_are, _averaged()
    ),
}
"""All nets: first the paper's by its names, in the order of its Table I; then two small and
fast ones, of which MiniResNet learns from chance in minutes on two cores, and a modern one."""
