"""Say of a snapshot what a reader of its paper asks: what is in it, by whom, how sure, what not.

The form follows T. Gebru et al., "Datasheets for datasets", CACM 64 (2021), as far as a
project knows the answers. Nobody is named: annotators are numbered by how much they labelled.
"""

from collections import Counter
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.core.review.bootstrap import Figure
from curator.core.snapshots.balancing.balance import CHOSEN
from curator.core.snapshots.leaks import LeakReport
from curator.steps.consensus.settle_labels import latest_annotations
from curator.steps.review.measure_agreement import measure_agreement
from curator.steps.snapshots.preview_snapshot import Preview
from db.labels import SPLITS, Expression
from db.snapshot_folder.manifest import QUALITY_COLUMNS
from db.tables.duplicates import DuplicateMember
from db.tables.images import CrowdVote, Source
from db.tables.people import Annotator, Role


def data_card(
    session: Session, seen: Preview, faces: pd.DataFrame, leaks: LeakReport
) -> dict[str, Any]:
    """Gather what the README of a snapshot tells, as JSON can say it.

    Args:
        session: That of the freeze.
        seen: What the recipe chose and left out.
        faces: The rows of the manifest.
        leaks: What crosses the splits.
    """
    return {
        "faces": len(faces),
        "labels": _labels(faces),
        "sources": _sources(faces),
        "subjects": int(faces.loc[faces["subject"] != "", "subject"].nunique()),
        "faces_without_subject": int((faces["subject"] == "").sum()),
        "settled_by": {str(k): int(v) for k, v in faces["settled_by"].value_counts().items()},
        "votes_per_face": round(float(faces["votes"].mean()), 2),
        "share_for_label": round(float(faces["share"].mean()), 4),
        "annotators": _annotators(session, set(faces["face_id"])),
        "agreement": _agreement(session),
        "left_out": _left_out(seen),
        "duplicates": _duplicates(session),
        "leaks": {
            "pairs_compared": leaks.pairs,
            "crossing": {str(kind): count for kind, count in leaks.counts.items()},
        },
        "quality": _quality(faces),
        "known_gaps": _known_gaps(session, seen, faces),
        "recipe": seen.recipe.as_json(),
    }


def _labels(faces: pd.DataFrame) -> dict[str, dict[str, int]]:
    counts = pd.crosstab(faces["label"], faces["split"])
    counts = counts.reindex(index=list(Expression), columns=list(SPLITS), fill_value=0)
    return {
        str(label): {split: int(row[split]) for split in SPLITS} for label, row in counts.iterrows()
    }


def _sources(faces: pd.DataFrame) -> list[dict[str, Any]]:
    sizes = faces.value_counts(["source", "terms"], sort=False).reset_index()
    ordered = sizes.sort_values("source").to_numpy().tolist()
    return [{"name": name, "terms": terms, "faces": count} for name, terms, count in ordered]


def _annotators(session: Session, face_ids: set[int]) -> list[dict[str, Any]]:
    said = latest_annotations(session)
    said = said[said["face_id"].isin(face_ids)]
    roles = dict(session.execute(select(Annotator.id, Annotator.role)).all())
    counts = Counter(said["annotator_id"].tolist())
    people = [
        {
            "name": f"annotator {number}",
            "kind": "brought by a source" if roles[annotator] is Role.SOURCE else "person",
            "annotations": count,
        }
        for number, (annotator, count) in enumerate(
            sorted(counts.items(), key=lambda known: (-known[1], known[0])), start=1
        )
    ]
    voters = _crowd(session, face_ids)
    crowd = {"name": "unnamed crowds", "kind": "brought by a source", "annotations": voters}
    return [*people, *([crowd] if voters else [])]


def _crowd(session: Session, face_ids: set[int]) -> int:
    votes = select(CrowdVote.face_id, func.sum(CrowdVote.voters)).group_by(CrowdVote.face_id)
    return sum(int(voters) for face, voters in session.execute(votes) if face in face_ids)


def _agreement(session: Session) -> dict[str, Any]:
    """Say how far annotators agree on all faces: on chosen ones alone it would flatter."""
    report = measure_agreement(session)
    found = report.agreement
    return {
        "faces": report.compared,
        "annotations": report.counted,
        "share": _figure(found.share),
        "unanimous": _figure(found.unanimous),
        "fleiss_kappa": _figure(found.fleiss),
        "krippendorff_alpha": _figure(found.krippendorff),
        "human_ceiling": _figure(report.ceiling),
        "kappa_by_label": {name: _figure(one) for name, one in found.labels.items()},
    }


def _figure(figure: Figure) -> dict[str, Any]:
    known = figure.interval
    return {
        "value": None if figure.value is None else round(figure.value, 4),
        "interval_95": None if known is None else [round(known.low, 4), round(known.high, 4)],
        "faces": figure.faces,
    }


def _left_out(seen: Preview) -> dict[str, int]:
    counts = seen.outcomes.set_index("outcome")["faces"].to_dict()
    return {str(outcome): int(count) for outcome, count in counts.items() if outcome != CHOSEN}


def _duplicates(session: Session) -> dict[str, int]:
    keepers = func.count(DuplicateMember.keeper_id.distinct())
    groups, members = session.execute(select(keepers, func.count(DuplicateMember.face_id))).one()
    return {"groups": groups, "faces_in_groups": members}


def _quality(faces: pd.DataFrame) -> dict[str, dict[str, Any]]:
    measured = faces[list(QUALITY_COLUMNS)].dropna(axis="columns", how="all")
    quantiles = measured.quantile([0.05, 0.5, 0.95]).round(2)
    return {
        str(name): {
            "percentile_5": quantiles[name].iloc[0],
            "median": quantiles[name].iloc[1],
            "percentile_95": quantiles[name].iloc[2],
            "not_measured": int(faces[name].isna().sum()),
        }
        for name in measured
    }


def _known_gaps(session: Session, seen: Preview, faces: pd.DataFrame) -> list[str]:
    without_terms = session.scalars(
        select(Source.name).where(Source.terms == "").order_by(Source.name)
    )
    used = [name for name in without_terms if name in set(faces["source"])]
    single = int((faces["votes"] <= 1).sum())
    unknown = int((faces["subject"] == "").sum())
    gaps = {
        f"{single:,} faces have one vote or none: nobody has contradicted them.": single,
        f"Of {unknown:,} faces nobody says whom they show; the same person may stand in two "
        "splits unless the faces look alike.": unknown,
        f"Nobody stated the terms of use of {', '.join(used)}.": used,
    }
    return [*seen.sentences, *(sentence for sentence, applies in gaps.items() if applies)]
