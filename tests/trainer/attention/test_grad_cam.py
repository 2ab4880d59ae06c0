import numpy as np
import pytest
import tensorflow as tf

from trainer.attention.grad_cam import attention, grad_cam, maps_and_gradient_sums
from trainer.backend import KerasModel, keras
from trainer.data.loading import LABELS
from trainer.nets import MAPS, NETS, SCORES

pytestmark = pytest.mark.slow


def make_trained_looking(net: KerasModel) -> KerasModel:
    """Move batch normalisation away from doing nothing, as training would."""
    chance = np.random.default_rng(1)
    for layer in net.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([abs(chance.normal(1, 0.2, w.shape)) for w in layer.get_weights()])
    return net


@pytest.fixture
def crop() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (75, 75, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", ["AlexNet", "MiniResNet"])
def test_the_sums_are_those_that_a_gradient_tape_finds(name: str, crop: np.ndarray) -> None:
    """AlexNet has dropout and batch normalisation behind its maps, which must stand still."""
    keras.utils.set_random_seed(0)
    net = make_trained_looking(NETS[name].build())
    maps, sums = maps_and_gradient_sums(net, crop, 3)

    rest = keras.Model(net.get_layer(MAPS).output, net.get_layer(SCORES).output)
    at = tf.constant(maps[np.newaxis], dtype=tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(at)
        score = rest(at, training=False)[0, 3]
    gradient = tape.gradient(score, at).numpy()[0]
    expected = gradient.sum(axis=(0, 1))

    assert np.abs(expected).max() > 1e-6
    np.testing.assert_allclose(sums, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())


def test_the_heat_is_as_large_as_the_crop_and_the_net_stays_as_it_was(crop: np.ndarray) -> None:
    keras.utils.set_random_seed(0)
    net = NETS["MiniResNet"].build()
    before = [weight.copy() for weight in net.get_weights()]

    found = attention(net, crop)

    assert found.heat.shape == (75, 75)
    assert found.heat.min() >= 0
    assert found.heat.max() <= 1
    assert found.label == found.predicted
    assert found.regions == (6, 6)
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert all(np.array_equal(a, b) for a, b in zip(before, net.get_weights(), strict=True))
    assert net.get_layer(SCORES).trainable


def make_corner_net() -> KerasModel:
    """Make a net whose first label is the brightness of a 3 x 3 map's first channel."""
    crops = keras.Input((75, 75, 3), name="crops")
    maps = keras.layers.Identity(name=MAPS)(keras.layers.AveragePooling2D(25)(crops))
    features = keras.layers.GlobalAveragePooling2D()(maps)
    scores = keras.layers.Dense(7, name=SCORES, use_bias=False)
    net = keras.Model(crops, {"features": features, "probabilities": scores(features)})
    weights = np.zeros((3, 7), dtype=np.float32)
    weights[0, :2] = [1, -1]
    scores.set_weights([weights])
    return net


def test_the_heat_lies_where_the_score_comes_from() -> None:
    red_corner = np.zeros((75, 75, 3), dtype=np.uint8)
    red_corner[:25, :25, 0] = 255

    heat = grad_cam(make_corner_net(), red_corner, LABELS[0])

    assert heat[5, 5] == 1
    assert heat[70, 70] == 0
    assert heat[5, 70] == 0


def test_a_label_that_nothing_speaks_for_has_no_heat() -> None:
    red = np.full((75, 75, 3), 255, dtype=np.uint8)

    assert not grad_cam(make_corner_net(), red, LABELS[1]).any()


def test_a_net_without_maps_is_refused(crop: np.ndarray) -> None:
    net = keras.Sequential([keras.Input((75, 75, 3)), keras.layers.Flatten()])

    with pytest.raises(ValueError, match="must have a layer `maps`"):
        grad_cam(net, crop, "happy")
