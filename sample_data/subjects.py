"""Who is shown: everything about a face that stays the same over the labels."""

from dataclasses import dataclass

import numpy as np

from sample_data.curves import Floats, mix, rgb

_SKINS = (
    rgb(249, 214, 192),
    rgb(244, 203, 174),
    rgb(237, 190, 156),
    rgb(220, 168, 128),
    rgb(198, 141, 101),
    rgb(168, 114, 80),
    rgb(138, 92, 66),
)
_DARK_HAIR = (rgb(34, 28, 30), rgb(52, 38, 32), rgb(44, 32, 28))
_FAIR_HAIR = (rgb(92, 62, 42), rgb(140, 68, 38), rgb(214, 172, 108), rgb(168, 128, 80))
_GREY = rgb(196, 192, 190)
_IRISES = (
    rgb(84, 52, 30),
    rgb(62, 38, 24),
    rgb(112, 84, 42),
    rgb(78, 112, 74),
    rgb(72, 116, 158),
    rgb(104, 124, 136),
)
_CLOTHES = (
    rgb(44, 74, 112),
    rgb(150, 58, 56),
    rgb(62, 108, 88),
    rgb(214, 206, 192),
    rgb(78, 68, 92),
    rgb(196, 142, 62),
    rgb(72, 74, 80),
    rgb(128, 156, 184),
    rgb(186, 122, 128),
)
_FEMININE_HAIR = ("long", "bob", "fringe", "bun", "waves", "curls", "scarf", "pixie")
_MASCULINE_HAIR = ("short", "parted", "quiff", "curls", "receding", "bald", "buzz", "short")


@dataclass(frozen=True)
class Subject:
    """One invented person. Sizes are factors about 1 of an average face.

    Attributes:
        name: Such as `s07`.
        age: From 0 (about 18 years) to 1 (about 80).
        feminine: From 0 to 1; thins brows and jaw, fills lips and lashes.
        hair_style: A key of `hair_styles.STYLES`, or `bald`.
        beard: `none`, `stubble`, `moustache`, `goatee` or `full`.
        glasses: `none`, `round` or `square`.
        collar: `crew`, `vee` or `shirt`.
    """

    name: str
    age: float
    feminine: float
    skin: Floats
    hair: Floats
    iris: Floats
    clothes: Floats
    face_width: float
    jaw: float
    chin: float
    eye_size: float
    eye_spacing: float
    eye_tilt: float
    brow_weight: float
    brow_arch: float
    nose_width: float
    nose_length: float
    lip_fullness: float
    mouth_width: float
    ear_size: float
    hair_style: str
    beard: str
    glasses: str
    collar: str


def _hair_colour(rng: np.random.Generator, tone: int, age: float) -> Floats:
    """Draw a hair colour that goes with a skin, greyer with age."""
    is_fair = tone < 3 and rng.random() < 0.65
    palette = _FAIR_HAIR if is_fair else _DARK_HAIR
    own = palette[rng.integers(len(palette))] * rng.uniform(0.85, 1.15)
    return mix(own, _GREY, float(np.clip((age - 0.5) * 1.9 * rng.uniform(0.5, 1.1), 0, 0.95)))


def _pick(rng: np.random.Generator, choices: tuple[str, ...], shares: tuple[float, ...]) -> str:
    """Draw one of some words."""
    return choices[int(rng.choice(len(choices), p=shares))]


def subject_named(name: str, rng: np.random.Generator) -> Subject:
    """Draw a subject."""
    is_woman = rng.random() < 0.5
    age = float(rng.beta(1.5, 2.0))
    tone = int(rng.integers(len(_SKINS)))
    styles = _FEMININE_HAIR if is_woman else _MASCULINE_HAIR
    iris_count = 6 if tone < 3 else 3
    beards = ("none", "stubble", "moustache", "goatee", "full")
    shares = (1.0, 0.0, 0.0, 0.0, 0.0) if is_woman else (0.5, 0.18, 0.09, 0.09, 0.14)

    def around(spread: float, shift: float = 0.0) -> float:
        return float(1 + (shift if is_woman else -shift) + rng.uniform(-spread, spread))

    return Subject(
        name=name,
        age=age,
        feminine=rng.uniform(0.7, 1.0) if is_woman else rng.uniform(0.0, 0.25),
        skin=_SKINS[tone] * rng.uniform(0.97, 1.02),
        hair=_hair_colour(rng, tone, age),
        iris=_IRISES[rng.integers(iris_count)],
        clothes=_CLOTHES[rng.integers(len(_CLOTHES))] * rng.uniform(0.82, 1.15, 3),
        face_width=around(0.05, -0.015),
        jaw=around(0.06, -0.06),
        chin=around(0.18, -0.1),
        eye_size=around(0.07, 0.05),
        eye_spacing=around(0.04),
        eye_tilt=float(rng.uniform(-0.01, 0.03)),
        brow_weight=around(0.2, -0.2),
        brow_arch=around(0.4, 0.2),
        nose_width=around(0.14, -0.07),
        nose_length=around(0.06, -0.02),
        lip_fullness=around(0.18, 0.14),
        mouth_width=around(0.07, -0.02),
        ear_size=around(0.12, -0.05),
        hair_style=styles[rng.integers(len(styles))],
        beard=_pick(rng, beards, shares),
        glasses=_pick(rng, ("none", "round", "square"), (0.78, 0.11, 0.11)),
        collar=_pick(rng, ("crew", "vee", "shirt"), (0.4, 0.25, 0.35)),
    )
