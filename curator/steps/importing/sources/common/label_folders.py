"""Find the folder that labels an image."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from curator.steps.importing.sources.common.layout import folders_of, is_split_name

_LABEL_NUMBER = re.compile(r"0?\d|1[01]")
"""Collections tell up to twelve labels apart; higher numbers are something else."""


def label_folders(names: Iterable[str], means: Callable[[str], bool]) -> dict[str, str]:
    """Find for each image the nearest folder around it that labels it; empty for none.

    A folder labels what lies in it when its name means something, and also when it stands
    beside one whose name does: `contempt` beside `happy` is a label too, to be asked for,
    and so are `0`, `1`, `2` beside each other. Folders of splits never label.

    Args:
        names: Paths of images.
        means: Says whether the name of a folder means something.
    """
    names = list(names)
    asked_for = _asked_for(names, means)
    return {name: _label_folder(name, means, asked_for) for name in names}


def _label_folder(name: str, means: Callable[[str], bool], asked_for: set[str]) -> str:
    labels = (
        folder
        for folder in reversed(folders_of(name))
        if not is_split_name(folder) and (folder.casefold() in asked_for or means(folder))
    )
    return next(labels, "")


def _asked_for(names: Iterable[str], means: Callable[[str], bool]) -> set[str]:
    """Name the folders that mean nothing and stand where labels do."""
    found: set[str] = set()
    for level in _levels(names):
        meant = {folder for folder in level if means(folder)}
        if meant or _are_numbers(level):
            found |= {folder.casefold() for folder in level - meant}
    return found


def _levels(names: Iterable[str]) -> Iterable[set[str]]:
    """Gather the folders that stand beside each other, in whichever split."""
    levels: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for folders in {folders_of(name) for name in names}:
        labels = [folder for folder in folders if not is_split_name(folder)]
        for depth, folder in enumerate(labels):
            levels[tuple(labels[:depth])].add(folder)
    return levels.values()


def _are_numbers(level: set[str]) -> bool:
    return len(level) > 1 and all(_LABEL_NUMBER.fullmatch(folder) for folder in level)
