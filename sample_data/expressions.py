"""Which muscles move for which label, after the Facial Action Coding System.

The prototypes are those of EMFACS (Friesen & Ekman 1983, "EMFACS-7: Emotional Facial
Action Coding System") and of Ekman, Friesen & Hager 2002, "Facial Action Coding System:
Investigator's Guide": angry 4+5+7+23, disgust 9+15+16, fear 1+2+4+5+20+26, happy 6+12,
sad 1+4+15, surprise 1+2+5B+26. Lips part (25) where a jaw drops, a lip is pulled down or
a smile is broad.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

import numpy as np

from db.labels import Expression


@dataclass(frozen=True)
class ActionUnits:
    """How strongly each action unit is moved, from 0 (at rest) to about 1 (all it can).

    Attributes:
        inner_brow_raiser: AU 1.
        outer_brow_raiser: AU 2.
        brow_lowerer: AU 4.
        upper_lid_raiser: AU 5.
        cheek_raiser: AU 6.
        lid_tightener: AU 7.
        nose_wrinkler: AU 9.
        lip_corner_puller: AU 12.
        lip_corner_depressor: AU 15.
        lower_lip_depressor: AU 16.
        lip_stretcher: AU 20.
        lip_tightener: AU 23.
        lips_part: AU 25.
        jaw_drop: AU 26.
        skew: How much stronger the right half of the mouth moves, from -1 to 1.
    """

    inner_brow_raiser: float = 0.0
    outer_brow_raiser: float = 0.0
    brow_lowerer: float = 0.0
    upper_lid_raiser: float = 0.0
    cheek_raiser: float = 0.0
    lid_tightener: float = 0.0
    nose_wrinkler: float = 0.0
    lip_corner_puller: float = 0.0
    lip_corner_depressor: float = 0.0
    lower_lip_depressor: float = 0.0
    lip_stretcher: float = 0.0
    lip_tightener: float = 0.0
    lips_part: float = 0.0
    jaw_drop: float = 0.0
    skew: float = 0.0


PROTOTYPES: Mapping[Expression, ActionUnits] = MappingProxyType(
    {
        Expression.ANGRY: ActionUnits(
            brow_lowerer=1.0, upper_lid_raiser=0.4, lid_tightener=0.9, lip_tightener=1.0
        ),
        Expression.DISGUST: ActionUnits(
            nose_wrinkler=1.0,
            brow_lowerer=0.35,
            lip_corner_depressor=0.75,
            lower_lip_depressor=0.9,
            lid_tightener=0.7,
        ),
        Expression.FEAR: ActionUnits(
            inner_brow_raiser=1.0,
            outer_brow_raiser=0.35,
            brow_lowerer=0.55,
            upper_lid_raiser=1.0,
            lip_stretcher=1.0,
            lips_part=0.5,
            jaw_drop=0.25,
        ),
        Expression.HAPPY: ActionUnits(cheek_raiser=0.9, lip_corner_puller=1.0, lips_part=0.75),
        Expression.NEUTRAL: ActionUnits(),
        Expression.SAD: ActionUnits(
            inner_brow_raiser=1.0, brow_lowerer=0.5, lip_corner_depressor=1.0
        ),
        Expression.SURPRISE: ActionUnits(
            inner_brow_raiser=1.0, outer_brow_raiser=1.0, upper_lid_raiser=0.75, jaw_drop=1.0
        ),
    }
)


def action_units(label: Expression, rng: np.random.Generator) -> ActionUnits:
    """Draw one showing of an expression.

    The whole showing is between 70 and 110 % of the prototype, each unit varies by another
    tenth, and every face, neutral ones too, has a trace of movement everywhere.
    """
    prototype = PROTOTYPES[label]
    intensity = rng.uniform(0.7, 1.1)
    moved = {
        unit.name: max(
            0.0,
            getattr(prototype, unit.name) * intensity * rng.normal(1, 0.1) + rng.normal(0, 0.02),
        )
        for unit in fields(ActionUnits)
        if unit.name not in ("skew", "lips_part", "jaw_drop")
    }
    return replace(_opened(prototype, intensity), **moved, skew=rng.normal(0, 0.18))


def _opened(prototype: ActionUnits, intensity: float) -> ActionUnits:
    """Open the mouth as the prototype does; the closed ones stay quite closed."""
    return replace(
        prototype,
        lips_part=prototype.lips_part * (2.2 * intensity - 1.15) / 1.05,
        jaw_drop=prototype.jaw_drop * intensity,
    )
