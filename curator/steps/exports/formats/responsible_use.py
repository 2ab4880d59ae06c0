"""What Croissant's RAI words say of a set: only what its snapshot knows."""

from typing import Any

from curator.steps.exports.description import card_of
from db.snapshot_folder.manifest import Snapshot


def responsible_use(snapshot: Snapshot) -> dict[str, Any]:
    """Return the fields `rai:…` of a snapshot; what nobody told is left out."""
    faces, card = snapshot.faces, card_of(snapshot)
    named = sorted(set(faces.loc[faces["subject"] != "", "subject"]))
    known = {
        "dataCollection": "Taken from: " + ", ".join(sorted(set(faces["source"]))) + ".",
        "annotationsPerItem": f"{faces['votes'].mean():.2f} votes a face on average, "
        f"{faces['votes'].min()} to {faces['votes'].max()}.",
        "dataAnnotationProtocol": _protocol(sorted(set(faces["settled_by"]) - {""}), card),
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
    """Say how far annotators agree, with intervals and what each figure rests on."""
    agreement = card.get("agreement", {})
    by_label = agreement.get("kappa_by_label", {})
    figures = {name: one for name, one in agreement.items() if isinstance(one, dict)}
    figures.pop("kappa_by_label", None)
    figures |= {f"kappa of {label} against the rest": one for label, one in by_label.items()}
    return [_figure(name, one) for name, one in figures.items() if one["value"] is not None]


def _figure(name: str, figure: dict[str, Any]) -> str:
    edges = figure["interval_95"]
    interval = f", 95 % interval {edges[0]} to {edges[1]}" if edges else ""
    words = name.replace("_", " ")
    return f"{words}: {figure['value']}{interval}, on {figure['faces']:,} faces of the project"


def _protocol(settled_by: list[str], card: dict[str, Any]) -> str:
    people = any(one["kind"] == "person" for one in card.get("annotators", []))
    chosen = "Annotators choose one of seven expressions, or a flag. " if people else ""
    return f"{chosen}Settled by: {', '.join(settled_by) or 'not recorded'}."
