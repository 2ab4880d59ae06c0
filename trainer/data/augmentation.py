"""Small changes to training faces that leave their expression as it is."""

from trainer.backend import KerasModel, keras

TURN_SHARE = 0.03
"""Largest rotation, as a share of a full turn: 0.03 is 11 degrees."""
SHIFT_SHARE = 0.06
"""Largest shift, as a share of the crop's side."""
ZOOM_SHARE = 0.1
"""Largest zoom in or out, as a share of the crop's side."""
CONTRAST_SHARE = 0.2
"""Largest change of contrast about a crop's own mean."""
CUTOUT_SHARES = (0.02, 0.1)
"""Smallest and largest rectangle cut out, as a share of the crop (DeVries and Taylor 2017)."""
CUTOUT_CHANCE = 0.5
GREY = 127.0


def augmentation(seed: int) -> list[KerasModel]:
    """List the layers that mirror, turn, shift, zoom and dim crops and cut a piece out of them.

    They act while a model trains and pass crops on unchanged otherwise. They run as part
    of the training model, and so on its device.
    """
    layers = keras.layers
    return [
        layers.RandomFlip("horizontal", seed=seed),
        layers.RandomRotation(TURN_SHARE, fill_mode="nearest", seed=seed + 1),
        layers.RandomTranslation(SHIFT_SHARE, SHIFT_SHARE, fill_mode="nearest", seed=seed + 2),
        layers.RandomZoom(ZOOM_SHARE, fill_mode="nearest", seed=seed + 3),
        layers.RandomContrast(CONTRAST_SHARE, value_range=(0, 255), seed=seed + 4),
        layers.RandomErasing(
            CUTOUT_CHANCE, scale=CUTOUT_SHARES, fill_value=GREY, value_range=(0, 255), seed=seed + 5
        ),
    ]
