import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from curator.core.faces.face import Box
from curator.core.faces.face_tracking import Smoothing, Tracks, track_faces

LEFT, RIGHT = (0.0, 0.0, 100.0, 100.0), (300.0, 0.0, 400.0, 100.0)
SMOOTHING = Smoothing(time_constant_seconds=0.5, forget_seconds=1.0)


def sure(label: int) -> NDArray[np.float64]:
    return np.array([float(label == other) for other in range(7)])


def moved(box: Box, by_px: float) -> Box:
    return box[0] + by_px, box[1], box[2] + by_px, box[3]


def test_a_new_expression_counts_63_percent_after_the_time_constant() -> None:
    tracks = track_faces(Tracks(), [LEFT], [sure(3)], 0.0, SMOOTHING)
    tracks = track_faces(tracks, [LEFT], [sure(6)], 0.5, SMOOTHING)
    (track,) = tracks.followed
    assert track.probabilities[[3, 6]] == pytest.approx([np.exp(-1), 1 - np.exp(-1)])
    assert (track.number, track.seen_at_seconds) == (1, 0.5)


def test_the_frame_rate_plays_no_part() -> None:
    def after_a_second(frames: int) -> NDArray[np.float64]:
        tracks = track_faces(Tracks(), [LEFT], [sure(0)], 0.0, SMOOTHING)
        for frame in range(1, frames + 1):
            tracks = track_faces(tracks, [LEFT], [sure(1)], frame / frames, SMOOTHING)
        return tracks.followed[0].probabilities

    np.testing.assert_allclose(after_a_second(30), after_a_second(2))


def test_without_smoothing_a_frame_says_it_all() -> None:
    raw = Smoothing(time_constant_seconds=0)
    tracks = track_faces(Tracks(), [LEFT], [sure(0)], 0.0, raw)
    tracks = track_faces(tracks, [LEFT], [sure(1)], 0.03, raw)
    assert tracks.followed[0].probabilities.tolist() == sure(1).tolist()


def test_faces_keep_their_numbers_when_their_order_turns_and_they_move() -> None:
    tracks = track_faces(Tracks(), [LEFT, RIGHT], [sure(0), sure(1)], 0.0, SMOOTHING)
    boxes = [moved(RIGHT, 30), moved(LEFT, 30)]
    tracks = track_faces(tracks, boxes, [sure(1), sure(0)], 0.1, SMOOTHING)
    assert [track.number for track in tracks.seen_at(0.1)] == [2, 1]
    assert [track.box_xyxy for track in tracks.seen_at(0.1)] == boxes


def test_a_face_that_jumps_is_another_one() -> None:
    tracks = track_faces(Tracks(), [LEFT], [sure(0)], 0.0, SMOOTHING)
    tracks = track_faces(tracks, [RIGHT], [sure(1)], 0.1, SMOOTHING)
    (track,) = tracks.seen_at(0.1)
    assert (track.number, track.probabilities.tolist()) == (2, sure(1).tolist())


@pytest.mark.parametrize(("back_after_seconds", "number"), [(0.9, 1), (1.1, 2)])
def test_a_face_that_was_away_is_known_again_for_a_while(
    back_after_seconds: float, number: int
) -> None:
    tracks = track_faces(Tracks(), [LEFT], [sure(0)], 0.0, SMOOTHING)
    tracks = track_faces(tracks, [], [], 0.1, SMOOTHING)
    assert tracks.seen_at(0.1) == []
    tracks = track_faces(tracks, [LEFT], [sure(0)], back_after_seconds, SMOOTHING)
    assert [track.number for track in tracks.seen_at(back_after_seconds)] == [number]


def test_two_boxes_on_one_face_do_not_both_continue_it() -> None:
    tracks = track_faces(Tracks(), [LEFT], [sure(0)], 0.0, SMOOTHING)
    tracks = track_faces(tracks, [moved(LEFT, 20), moved(LEFT, 2)], [sure(0)] * 2, 0.1, SMOOTHING)
    assert [track.number for track in tracks.seen_at(0.1)] == [2, 1]


@given(st.lists(st.lists(st.integers(0, 40), max_size=4), max_size=12))
def test_whatever_comes_numbers_are_unique_and_probabilities_sum_to_one(
    frames: list[list[int]],
) -> None:
    tracks = Tracks()
    for at, lefts in enumerate(frames):
        boxes = [(left, 0.0, left + 10.0, 10.0) for left in lefts]
        said = [sure(left % 7) for left in lefts]
        tracks = track_faces(tracks, boxes, said, at / 10, SMOOTHING)
        numbers = [track.number for track in tracks.followed]
        assert len(set(numbers)) == len(numbers)
        assert all(number < tracks.next_number for number in numbers)
        assert [track.box_xyxy for track in tracks.seen_at(at / 10)] == boxes
        for track in tracks.followed:
            assert track.probabilities.sum() == pytest.approx(1)


def test_times_that_make_no_sense_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"`time_constant_seconds` must be at least 0. Received: -1"
    ):
        Smoothing(time_constant_seconds=-1)
    with pytest.raises(ValueError, match=r"`forget_seconds` must be above 0. Received: 0"):
        Smoothing(forget_seconds=0)
