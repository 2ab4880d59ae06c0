"""The words that all layers share: expressions, flags, splits, ways to a consensus."""

import re
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
    "scared": Expression.FEAR,
    "happiness": Expression.HAPPY,
    "joy": Expression.HAPPY,
    "normal": Expression.NEUTRAL,
    "neutrality": Expression.NEUTRAL,
    "sadness": Expression.SAD,
    "surprised": Expression.SURPRISE,
    "suprise": Expression.SURPRISE,  # so spelt in several published collections
}

_NAMED = {str(label): label for label in Expression} | _OTHER_NAMES
_NUMBER_BEFORE = re.compile(r"^\d+[\s.,:)]*(?=[a-z])")


def expression_named(name: str) -> Expression | None:
    """Find the expression that a source means by a name.

    Case, a number before it, the plural, and spaces, underscores or hyphens around it do
    not count; the usual nouns (`anger`, `happiness`, `normal` …) are known. What is none of
    the seven, such as `contempt`, is None: it is for the caller to report, never to guess.

    Example:
        >>> expression_named(" HAPPINESS ")
        <Expression.HAPPY: 'happy'>
        >>> expression_named("04-disgust")
        <Expression.DISGUST: 'disgust'>
        >>> expression_named("contempt") is None
        True
    """
    word = plain_name(name)
    return _NAMED.get(word) or _NAMED.get(word.removesuffix("s"))


def verdict_named(name: str) -> Expression | Flag | None:
    """Find the expression or the flag that a source means by a name.

    Example:
        >>> verdict_named("Not_a_face"), verdict_named("joy"), verdict_named("contempt")
        (<Flag.NOT_A_FACE: 'not a face'>, <Expression.HAPPY: 'happy'>, None)
    """
    word = plain_name(name)
    return Flag(word) if word in set(Flag) else expression_named(word)


def plain_name(name: str) -> str:
    """Write the name of a label as it is compared.

    Example:
        >>> plain_name(" 3_Not-a-Face ")
        'not a face'
    """
    words = re.sub(r"[\s_-]+", " ", name).strip().lower()
    return _NUMBER_BEFORE.sub("", words)
