"""What differs between the faces of two snapshots."""

from dataclasses import dataclass

import pandas as pd

from db.labels import SPLITS, Expression

VOTES = tuple(f"votes_{label}" for label in Expression)

_COUNTED = ("votes_", "flags_")
_SHOWN = ["face_id", "crop_sha256", "label", "split"]
_RELABELLED = [
    *("face_id", "crop_sha256", "old_label", "new_label", "old_settled_by", "new_settled_by"),
    *("same_votes", "old_votes", "new_votes"),
]
_MOVED = ["face_id", "crop_sha256", "label", "old_split", "new_split"]


@dataclass(frozen=True)
class Migration:
    """A label that the newer snapshot no longer has, all faces of which carry another one.

    Attributes:
        old: The label that is gone.
        new: The one that its faces carry now.
        faces: How many faces stayed and went over.
        is_merge: Faces carried the new label before; else the label was only renamed.
    """

    old: str
    new: str
    faces: int
    is_merge: bool

    def in_words(self) -> str:
        """Say it in a sentence.

        Example:
            >>> Migration("disgust", "angry", 3, is_merge=True).in_words()
            'disgust became angry (merged): 3 faces'
        """
        count = "1 face" if self.faces == 1 else f"{self.faces:,} faces"
        return f"{self.old} became {self.new} ({'merged' if self.is_merge else 'renamed'}): {count}"


@dataclass(frozen=True, eq=False)
class Difference:
    """What differs between two snapshots; all tables are by `face_id`.

    Attributes:
        stayed: How many faces are in both.
        counts: One row per label and one for all: `label`, `old`, `new`, `change` (int).
        splits: The same per split: `split`, `old`, `new`, `change`.
        added: `face_id`, `crop_sha256`, `label`, `split` of faces in the newer one alone.
        dropped: The same of faces in the older one alone.
        relabelled: `face_id`, `crop_sha256` (of the newer one), `old_label`, `new_label`,
            `old_settled_by`, `new_settled_by` (str, empty where not known), `same_votes` (bool),
            `old_votes`, `new_votes` (str, as `happy 2, sad 1`). Without those of `migrations`.
        moved: `face_id`, `crop_sha256` (of the newer one), `label` (the newer), `old_split`,
            `new_split`.
        migrations: Labels renamed or merged.
    """

    stayed: int
    counts: pd.DataFrame
    splits: pd.DataFrame
    added: pd.DataFrame
    dropped: pd.DataFrame
    relabelled: pd.DataFrame
    moved: pd.DataFrame
    migrations: tuple[Migration, ...]


def difference(old_faces: pd.DataFrame, new_faces: pd.DataFrame) -> Difference:
    """Compare two snapshots of one project face by face.

    A face is the same in both when its id and its source image are: what two projects count
    alike is not taken for one.

    Args:
        old_faces: The older manifest: the columns `face_id`, `image_sha256`, `crop_sha256`,
            `label`, `split`, `settled_by`, those of `VOTES` and any `flags_…`.
        new_faces: The newer one.
    """
    old, new = _by_face(old_faces), _by_face(new_faces)
    both = old.add_suffix("_old").join(new.add_suffix("_new"), how="inner")
    both = both[both["image_sha256_old"] == both["image_sha256_new"]]
    is_other = both["label_old"] != both["label_new"]
    migrations = _migrations(both[is_other], old, new)
    is_told = both["label_old"].isin([migration.old for migration in migrations])
    return Difference(
        stayed=len(both),
        counts=_counts(old["label"], new["label"], [str(label) for label in Expression]),
        splits=_counts(old["split"], new["split"], list(SPLITS)),
        added=_shown(new[~new.index.isin(both.index)]),
        dropped=_shown(old[~old.index.isin(both.index)]),
        relabelled=_relabelled(both[is_other & ~is_told]),
        moved=_moved(both[both["split_old"] != both["split_new"]]),
        migrations=migrations,
    )


def _by_face(faces: pd.DataFrame) -> pd.DataFrame:
    columns = ["face_id", "image_sha256", "crop_sha256", "label", "split", "settled_by"]
    counted = [name for name in map(str, faces) if name.startswith(_COUNTED)]
    return faces[[*columns, *counted]].set_index("face_id").sort_index()


def _counts(old: pd.Series, new: pd.Series, words: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            side: [int((values == word).sum()) for word in words] + [len(values)]
            for side, values in (("old", old), ("new", new))
        }
    )
    table.insert(0, str(old.name), [*words, "all"])
    table["change"] = table["new"] - table["old"]
    return table


def _shown(faces: pd.DataFrame) -> pd.DataFrame:
    return faces.reset_index()[_SHOWN]


def _migrations(
    relabelled: pd.DataFrame, old: pd.DataFrame, new: pd.DataFrame
) -> tuple[Migration, ...]:
    before, after = set(old["label"]), set(new["label"])
    gone = relabelled[~relabelled["label_old"].isin(after)]
    return tuple(
        Migration(str(label), str(goals.iloc[0]), len(goals), goals.iloc[0] in before)
        for label, goals in gone.groupby("label_old")["label_new"]
        if goals.nunique() == 1
    )


def _moved(both: pd.DataFrame) -> pd.DataFrame:
    named = {
        "crop_sha256_new": "crop_sha256",
        "label_new": "label",
        "split_old": "old_split",
        "split_new": "new_split",
    }
    return both.rename(columns=named).reset_index()[_MOVED]


def _relabelled(both: pd.DataFrame) -> pd.DataFrame:
    said = {name for name in map(str, both) if name.startswith(_COUNTED)}
    kinds = sorted({name[:-4] for name in said if {f"{name[:-4]}_old", f"{name[:-4]}_new"} <= said})
    sides = [both[[f"{kind}_{side}" for kind in kinds]].to_numpy() for side in ("old", "new")]
    table = pd.DataFrame(
        {
            "face_id": both.index,
            "crop_sha256": both["crop_sha256_new"],
            "old_label": both["label_old"],
            "new_label": both["label_new"],
            "old_settled_by": both["settled_by_old"],
            "new_settled_by": both["settled_by_new"],
            "same_votes": (sides[0] == sides[1]).all(axis=1),
            "old_votes": _in_words(both, "old"),
            "new_votes": _in_words(both, "new"),
        }
    )
    return table[_RELABELLED].reset_index(drop=True)


def _in_words(both: pd.DataFrame, side: str) -> pd.Series:
    counts = both[[f"{column}_{side}" for column in VOTES]].to_numpy().tolist()
    words = [
        ", ".join(f"{label} {count}" for label, count in zip(Expression, row, strict=True) if count)
        for row in counts
    ]
    return pd.Series(words, both.index, dtype="str")
