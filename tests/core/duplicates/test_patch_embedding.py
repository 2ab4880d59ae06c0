import cv2
import numpy as np
import pytest

from curator.core.duplicates.embedding_search import similar_pairs
from curator.core.duplicates.patch_embedding import (
    EMBEDDING_LENGTH,
    LANDMARK_ERRORS,
    LandmarkError,
    mirrored,
    patch,
    patch_embedding,
)
from curator.core.faces.crops import crop_and_view
from curator.core.faces.face import FoundFace

EYES_NOSE_MOUTH = np.array([[160, 180], [240, 180], [200, 226], [168, 264], [232, 264]], float)


def make_image(seed: int = 0) -> np.ndarray:
    rough = np.random.default_rng(seed).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(rough, (400, 400), interpolation=cv2.INTER_CUBIC), np.uint8)


def make_found() -> FoundFace:
    return FoundFace((130.0, 130.0, 270.0, 290.0), EYES_NOSE_MOUTH, 1.0)


def cut(
    image: np.ndarray, found: FoundFace, nudge: LandmarkError = LANDMARK_ERRORS[0]
) -> np.ndarray:
    return patch(crop_and_view(image, found)[1], found, nudge)


def turned(degrees: float, scale: float) -> tuple[np.ndarray, FoundFace]:
    matrix = cv2.getRotationMatrix2D((200, 200), degrees, scale)
    image = cv2.warpAffine(make_image(), matrix, (400, 400), flags=cv2.INTER_CUBIC)
    landmarks = np.asarray(EYES_NOSE_MOUTH @ matrix[:, :2].T + matrix[:, 2], np.float64)
    low, high = landmarks.min(axis=0) - 30, landmarks.max(axis=0) + 30
    return np.asarray(image, np.uint8), FoundFace((*low, *high), landmarks, 1.0)


@pytest.mark.parametrize(("degrees", "scale"), [(10, 1), (-25, 1), (0, 0.6), (0, 1.4), (15, 0.8)])
def test_a_patch_shows_the_same_of_a_face_however_it_is_turned_and_large(
    degrees: float, scale: float
) -> None:
    straight, other = cut(make_image(), make_found()), cut(*turned(degrees, scale))
    assert np.corrcoef(straight.ravel(), other.ravel())[0, 1] > 0.98
    assert patch_embedding(straight) @ patch_embedding(other) > 0.95


def test_between_the_eyes_is_above_the_middle_of_the_patch() -> None:
    image = np.zeros((400, 400, 3), np.uint8)
    cv2.circle(image, (200, 180), 6, (255, 255, 255), -1)
    seen = cut(image, make_found())
    y, x = np.unravel_index(int(seen.argmax()), seen.shape)
    # Half an eye distance of 64 / 2.2 px above the middle.
    assert [int(x), int(y)] == pytest.approx([32, 32 - 14.5], abs=3)


def test_a_nudge_moves_and_scales_the_patch() -> None:
    image, found = make_image(), make_found()
    straight = cut(image, found).astype(int)
    right = cut(image, found, LandmarkError(right=0.11)).astype(int)  # 0.11 * 64 / 2.2 = 3.2 px
    assert np.abs(right[:, 13:53] - straight[:, 10:50]).mean() < 6
    assert np.abs(right - straight).mean() > 12
    assert np.abs(cut(image, found, LandmarkError(scale=1.2)).astype(int) - straight).mean() > 12


def test_a_face_without_landmarks_gives_the_middle_of_its_view_and_a_whole_image_all() -> None:
    view = np.arange(160, dtype=np.uint8).repeat(160).reshape(160, 160).T.copy()
    boxed = patch(view, FoundFace((0, 0, 160, 160), None, 1.0))
    whole = patch(view, FoundFace((0, 0, 160, 160), None, 1.0, is_whole=True))
    assert boxed[0, [0, -1]].tolist() == pytest.approx([24, 135], abs=2)
    assert whole[0, [0, -1]].tolist() == pytest.approx([1, 158], abs=2)


def test_a_look_has_length_1_and_does_not_change_with_light() -> None:
    seen = cut(make_image(), make_found())
    assert patch_embedding(seen).shape == (EMBEDDING_LENGTH,)
    assert patch_embedding(seen) @ patch_embedding(seen) == pytest.approx(1)
    assert patch_embedding(seen) @ patch_embedding(seen // 2 + 50) > 0.999


def test_the_look_of_a_flat_patch_is_like_nothing() -> None:
    flat = patch_embedding(np.full((64, 64), 90, np.uint8))
    assert not flat.any()
    assert flat @ patch_embedding(cut(make_image(), make_found())) == 0


def test_a_mirrored_look_is_that_of_the_mirror_image() -> None:
    seen = cut(make_image(), make_found())
    found = patch_embedding(np.ascontiguousarray(seen[:, ::-1]))
    np.testing.assert_allclose(mirrored(patch_embedding(seen)[np.newaxis])[0], found, atol=1e-4)


@pytest.mark.parametrize("faces", [0, 1, 7])
def test_the_search_finds_what_comparing_one_by_one_finds(faces: int) -> None:
    rng = np.random.default_rng(3)
    looks = rng.normal(size=(faces, EMBEDDING_LENGTH)).astype(np.float32)
    nudged = rng.normal(size=(faces, 3, EMBEDDING_LENGTH)).astype(np.float32)
    expected = {
        (i, j, way)
        for i in range(faces)
        for j in range(faces)
        for way, other in ((False, looks[j]), (True, mirrored(looks[[j]])[0]))
        if (nudged[i] @ other).max() >= 9
    }
    found = [
        row
        for first, second, is_mirrored, _ in similar_pairs(nudged, looks, min_look=9)
        for row in zip(first.tolist(), second.tolist(), is_mirrored.tolist(), strict=True)
    ]
    assert sorted(found) == sorted(expected)
    assert faces < 7 or expected


def test_of_looks_that_are_not_surely_alike_the_most_alike_are_compared() -> None:
    agreements = (0.71, 0.9, 0.6, 0.74, 0.72, 0.76, 0.8, 0.73)
    looks = np.zeros((len(agreements) + 1, EMBEDDING_LENGTH), np.float32)
    looks[:-1, 0] = agreements
    looks[-1, 1] = 0.7
    nudged = np.zeros((2, 1, EMBEDDING_LENGTH), np.float32)
    nudged[0, 0, 0] = nudged[1, 0, 1] = 1

    assert _straight(nudged, looks) == [(0, 1), (0, 5), (0, 6), (1, 8)]
    assert [other for _, other in _straight(nudged[:1], looks[[0, 2, 3, 4, 7]])] == [2, 3, 4]


def _straight(nudged: np.ndarray, looks: np.ndarray) -> list[tuple[int, int]]:
    return [
        (int(face), int(other))
        for first, second, is_mirrored, _ in similar_pairs(nudged, looks)
        for face, other, mirror in zip(first, second, is_mirrored, strict=True)
        if not mirror
    ]
