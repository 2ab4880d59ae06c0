"""The labels and flags that annotators choose among: keys, titles and hints."""

from dataclasses import dataclass

from db.labels import Expression, Flag


@dataclass(frozen=True)
class Choice:
    """One button of the labeller.

    Attributes:
        key: The key that presses it while nobody has chosen others.
        name: What is stored.
        title: What people read.
        hint: What to look for in the face.
    """

    key: str
    name: str
    title: str
    hint: str


LABELS = [
    Choice("1", Expression.ANGRY, "Angry", "brows down, lips tight"),
    Choice("2", Expression.DISGUST, "Disgust", "nose wrinkled, lip raised"),
    Choice("3", Expression.FEAR, "Fear", "brows up and together"),
    Choice("4", Expression.HAPPY, "Happy", "lip corners up, cheeks raised"),
    Choice("5", Expression.NEUTRAL, "Neutral", "nothing moves"),
    Choice("6", Expression.SAD, "Sad", "inner brows up, lip corners down"),
    Choice("7", Expression.SURPRISE, "Surprise", "brows up, jaw dropped"),
]


FLAGS = [
    Choice("8", Flag.UNSURE, "Unsure", "could be several"),
    Choice("9", Flag.NOT_A_FACE, "Not a face", "nothing to label"),
    Choice("0", Flag.BAD_CROP, "Bad crop", "cut off, dark or blurred"),
]
