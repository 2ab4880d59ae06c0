"""Small changes to training faces that leave their expression as it is."""

from trainer.backend import KerasModel, keras

TURN_SHARE = 0.03
"""Largest rotation, as a share of a full turn: 0.03 is 11 degrees."""
SHIFT_SHARE = 0.06
"""Largest shift, as a share of the crop's side."""
ZOOM_SHARE = 0.1
"""Largest zoom in or out, as a share of the crop's side."""


def augmentation(seed: int) -> list[KerasModel]:
    """List the layers that mirror, turn, shift and zoom crops.

    They act while a model trains and pass crops on unchanged otherwise. They run as part
    of the training model, and so on its device.
    """
    layers = keras.layers
    return [
        layers.RandomFlip("horizontal", seed=seed),
        layers.RandomRotation(TURN_SHARE, fill_mode="nearest", seed=seed + 1),
        layers.RandomTranslation(SHIFT_SHARE, SHIFT_SHARE, fill_mode="nearest", seed=seed + 2),
        layers.RandomZoom(ZOOM_SHARE, fill_mode="nearest", seed=seed + 3),
    ]
