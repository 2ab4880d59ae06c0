"""Folders by label: what `ImageFolder` and most collections on the web are."""

from collections.abc import Mapping

from curator.steps.importing.archives.open_collection import Collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file_columns import tells_no_labels
from curator.steps.importing.sources.common.label_folders import label_folders
from curator.steps.importing.sources.common.layout import Found, Layout, split_of
from curator.steps.importing.sources.common.numbers import numbered, word_for, words_beside
from curator.steps.importing.sources.common.source_entry import Entry
from db.labels import verdict_named


def _fits(collection: Collection) -> bool:
    """Say whether two labels are folders, or one that stands beside no other folder.

    One alone among others may be a name: Joy is a person too.
    """
    labels = label_folders((file.name for file in collection.images), _means_of_itself)
    said = set(labels.values()) - {""}
    meant = {verdict_named(name) for name in said} - {None}
    return len(meant) > 1 or (len(said) == 1 and bool(meant)) or (len(said) > 1 and not meant)


def _means_of_itself(folder: str) -> bool:
    return verdict_named(folder) is not None


def read_folders(
    collection: Collection, choice: SourceChoice, words: Mapping[str, str] | None = None
) -> Found:
    """Read what the folders around the images say.

    Args:
        collection: The collection.
        choice: The names of labels chosen in it count as those of labels.
        words: What numbers mean; what a small file beside the images says when not given.
    """
    label_file = words_beside(collection) if words is None else words

    def means(folder: str) -> bool:
        is_number = word_for(folder, label_file) is not None
        return is_number or _means_of_itself(folder) or choice.meant_by(folder) is not None

    labels = label_folders((file.name for file in collection.images), means)
    return Found(
        tuple(
            Entry(
                file,
                (numbered(said, label_file),) if (said := labels[file.name]) else (),
                split=split_of(file.name),
            )
            for file in collection.images
        )
    )


FOLDERS = Layout(
    name="folders",
    title="Folders by label",
    terms="",
    holds_crops=None,
    fits=_fits,
    read=read_folders,
    takes_table=tells_no_labels,
)
