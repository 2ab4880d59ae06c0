import pytest

from db.labels import Expression, expression_named


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("HAPPINESS", Expression.HAPPY),
        (" happiness ", Expression.HAPPY),
        ("Anger", Expression.ANGRY),
        ("normal", Expression.NEUTRAL),
        ("surprise", Expression.SURPRISE),
        ("surprises", Expression.SURPRISE),
        ("Fears", Expression.FEAR),
        ("3_happy", Expression.HAPPY),
        ("04-Disgust", Expression.DISGUST),
        ("0. angry", Expression.ANGRY),
        ("_sad_", Expression.SAD),
        ("unhappy", None),
        ("happy sad", None),
        ("3", None),
        ("contempt", None),
        ("", None),
    ],
)
def test_names_that_sources_use_are_known_and_others_are_not_guessed(
    name: str, label: Expression | None
) -> None:
    assert expression_named(name) is label


def test_labels_stand_in_the_order_of_their_keys() -> None:
    assert [str(label) for label in Expression] == [
        "angry", "disgust", "fear", "happy", "neutral", "sad", "surprise",
    ]  # fmt: skip
