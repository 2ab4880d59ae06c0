"""What Croissant's RAI words say of a set: only what its snapshot knows."""

from typing import Any

from curator.steps.export.description import card_of
from db.manifest import Snapshot


def responsible_use(snapshot: Snapshot) -> dict[str, Any]:
    """Return the fields `rai:…` of a snapshot; what nobody told is left out."""
    faces, card = snapshot.faces, card_of(snapshot)
    named = sorted(set(faces.loc[faces["subject"] != "", "subject"]))
    known = {
        "dataCollection": "Taken from: " + ", ".join(sorted(set(faces["source"]))) + ".",
        "annotationsPerItem": f"{faces['votes'].mean():.2f} votes a face on average, "
        f"{faces['votes'].min()} to {faces['votes'].max()}.",
        "dataAnnotationProtocol": "Annotators choose one of seven expressions, or a flag. "
        f"Settled by: {', '.join(sorted(set(faces['settled_by']) - {''})) or 'not recorded'}.",
        "personalSensitiveInformation": "Pictures of faces. Subjects are pseudonyms; "
        f"{len(named):,} are told apart.",
        "dataAnnotationAnalysis": [*_annotators(card), *_analysis(card)],
        "dataLimitations": card.get("known_gaps", []),
    }
    return {f"rai:{name}": words for name, words in known.items() if words}


def _annotators(card: dict[str, Any]) -> list[str]:
    return [
        f"{one['name']}: {one['annotations']:,} annotations" for one in card.get("annotators", [])
    ]


def _analysis(card: dict[str, Any]) -> list[str]:
    figures = card.get("agreement", {})
    return [
        f"{name.replace('_', ' ')}: {figure['value']}"
        for name, figure in figures.items()
        if isinstance(figure, dict) and figure.get("value") is not None
    ]
