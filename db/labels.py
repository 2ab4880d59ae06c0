"""The words that all layers share: expressions, flags, splits, ways to a consensus."""

from enum import StrEnum
from typing import Final

SPLITS: Final = ("train", "validation", "test")
"""What a snapshot is divided into; no unit stands in two of them."""


class Expression(StrEnum):
    """One of the seven labels, in the order of the keys 1 to 7 and of every table.

    The order is alphabetical; `list(Expression).index(label)` is the class number that
    nets are trained on.
    """

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    NEUTRAL = "neutral"
    SAD = "sad"
    SURPRISE = "surprise"


class Flag(StrEnum):
    """Why a face has no label."""

    UNSURE = "unsure"
    NOT_A_FACE = "not a face"
    BAD_CROP = "bad crop"


class ConsensusMethod(StrEnum):
    """How the annotations of a face become one label."""

    MAJORITY = "majority"
    WEIGHTED = "weighted"
    DAWID_SKENE = "dawid-skene"


_OTHER_NAMES = {
    "anger": Expression.ANGRY,
    "disgusted": Expression.DISGUST,
    "fearful": Expression.FEAR,
    "afraid": Expression.FEAR,
    "happiness": Expression.HAPPY,
    "joy": Expression.HAPPY,
    "normal": Expression.NEUTRAL,
    "neutrality": Expression.NEUTRAL,
    "sadness": Expression.SAD,
    "surprised": Expression.SURPRISE,
}


def expression_named(name: str) -> Expression | None:
    """Find the expression that a source means by a name.

    Case and surrounding space do not count; the usual nouns (`anger`, `happiness`,
    `normal` …) are known. What is none of the seven, such as `contempt`, is None: it is
    for the caller to report, never to guess.

    Example:
        >>> expression_named(" HAPPINESS ")
        <Expression.HAPPY: 'happy'>
        >>> expression_named("contempt") is None
        True
    """
    word = name.strip().lower()
    if word in set(Expression):
        return Expression(word)
    return _OTHER_NAMES.get(word)
