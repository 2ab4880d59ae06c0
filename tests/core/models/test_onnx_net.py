import numpy as np
import pytest

from curator.core.models.onnx_net import ExpressionNet
from curator.errors import CuratorError
from tests.steps.models.standard import colour_net


def test_each_crop_gets_its_own_answer_whatever_was_asked_before() -> None:
    net = ExpressionNet(colour_net())
    red, blue = np.zeros((2, 75, 75, 3), np.uint8)
    red[..., 0] = blue[..., 2] = 255

    for crops, best in [([red], [0]), ([blue, red, blue], [5, 0, 5]), ([red, blue], [0, 5])]:
        shares = net.probabilities(np.stack(crops))
        assert shares.argmax(axis=1).tolist() == best
        np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)


def test_no_crops_give_no_answers() -> None:
    assert ExpressionNet(colour_net()).probabilities(np.empty((0, 75, 75, 3), np.uint8)).shape == (
        0,
        7,
    )


def test_crops_of_another_shape_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"shape \(n, 75, 75, 3\)\. Received: uint8 of shape \(1, 40,"
    ):
        ExpressionNet(colour_net()).probabilities(np.zeros((1, 40, 75, 3), np.uint8))


@pytest.mark.parametrize("content", [b"no net", colour_net()[:-40]])
def test_what_is_no_net_says_what_to_do(content: bytes) -> None:
    with pytest.raises(CuratorError, match=r"cannot be run here .* standard one again"):
        ExpressionNet(content)
