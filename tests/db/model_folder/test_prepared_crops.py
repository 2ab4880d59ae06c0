from pathlib import Path

import numpy as np
import pytest

from db.model_folder.prepared_crops import (
    PreparedCrops,
    prepared_files,
    read_prepared,
    write_prepared,
)


def test_crops_come_back_in_their_order_with_their_faces(tmp_path: Path) -> None:
    grey = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    for number in (10, 9):
        write_prepared(tmp_path, number, PreparedCrops(np.array([number, 7]), grey))
    first, second = prepared_files(tmp_path)
    assert (first.name, second.name) == ("000009.npz", "000010.npz")
    found = read_prepared(first)
    assert found.face_ids.tolist() == [9, 7]
    assert np.array_equal(found.crops, grey)


def test_grey_stands_in_all_three_channels_and_colour_stays() -> None:
    grey = np.array([[[5, 6], [7, 8]]], dtype=np.uint8)
    assert PreparedCrops(np.array([1]), grey).rgb[0, 1, 0].tolist() == [7, 7, 7]
    colour = np.zeros((1, 2, 2, 3), dtype=np.uint8)
    assert PreparedCrops(np.array([1]), colour).rgb is colour


def test_a_crop_without_a_face_is_refused() -> None:
    with pytest.raises(ValueError, match=r"with n = 2\. Received: \(1, 2, 2\)"):
        PreparedCrops(np.array([1, 2]), np.zeros((1, 2, 2), dtype=np.uint8))
