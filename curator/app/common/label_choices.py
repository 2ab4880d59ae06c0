"""The labels and flags that annotators choose among: keys, titles and hints."""

from dataclasses import dataclass

from db.labels import Expression, Flag


@dataclass(frozen=True)
class LabelChoice:
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


LABEL_CHOICES = [
    LabelChoice("1", Expression.ANGRY, "Angry", "brows down, lips tight"),
    LabelChoice("2", Expression.DISGUST, "Disgust", "nose wrinkled, lip raised"),
    LabelChoice("3", Expression.FEAR, "Fear", "brows up and together"),
    LabelChoice("4", Expression.HAPPY, "Happy", "lip corners up, cheeks raised"),
    LabelChoice("5", Expression.NEUTRAL, "Neutral", "nothing moves"),
    LabelChoice("6", Expression.SAD, "Sad", "inner brows up, lip corners down"),
    LabelChoice("7", Expression.SURPRISE, "Surprise", "brows up, jaw dropped"),
]


FLAG_CHOICES = [
    LabelChoice("8", Flag.UNSURE, "Unsure", "could be several"),
    LabelChoice("9", Flag.NOT_A_FACE, "Not a face", "nothing to label"),
    LabelChoice("0", Flag.BAD_CROP, "Bad crop", "cut off, dark or blurred"),
]
