"""What a person brings to be imported: kept or named until it comes in or is discarded."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from curator.errors import CuratorError
from curator.steps.images.image_codec import IMAGE_SUFFIXES
from curator.steps.importing.archives.file_names import ARCHIVE_SUFFIXES, TABLE_SUFFIXES
from curator.steps.importing.import_options import MAX_NAME_LETTERS
from curator.steps.importing.uploads import Upload, keep_uploads
from curator.steps.importing.web.fetch_urls import MOST_URLS
from db.project.project_folder import Project


@dataclass(frozen=True)
class PendingImport:
    """A collection that waits to be imported.

    Attributes:
        title: What people call it, such as `faces.zip` or `12 files`.
        name: What its source may be called; empty where nothing tells.
        origin: Where it lies: relative to the project where it was sent, otherwise
            absolute; empty for addresses on the web.
        label_files: Where the label files lie that came with it, relative to the project.
        urls: Addresses on the web that it is fetched from.
    """

    title: str
    name: str
    origin: str = ""
    label_files: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


def import_of_uploads(
    project: Project, photos: Sequence[Upload], label_files: Sequence[Upload] = ()
) -> PendingImport:
    """Keep what a browser sent.

    Raises:
        CuratorError: As for `keep_uploads`.
    """
    origin, kept = keep_uploads(project, photos, label_files)
    paths = [PurePosixPath(photo.name.replace("\\", "/")) for photo in photos]
    folders = {path.parts[0] for path in paths if len(path.parts) > 1}
    if len(folders) == 1:  # a whole folder was sent
        title = name = next(iter(folders))
    elif len(paths) == 1:
        title, name = paths[0].name, _name_of(paths[0].name)
    else:
        title, name = f"{len(paths):,} files", ""
    return PendingImport(title, name[:MAX_NAME_LETTERS], origin, tuple(kept))


def import_of_path(
    project: Project, stated: str, label_files: Sequence[Upload] = ()
) -> PendingImport:
    """Name a folder, an archive or a table on the machine that serves the project.

    Raises:
        CuratorError: Nothing is there, it cannot be read, or it belongs to the project.
    """
    path = _place(stated.strip())
    if path.is_relative_to(project.folder) or project.folder.is_relative_to(path):
        raise CuratorError(f"{path} holds the project itself, or is part of it. Name another.")
    kept = _kept_label_files(project, label_files) if label_files else ()
    return PendingImport(path.name, _name_of(path.name)[:MAX_NAME_LETTERS], str(path), kept)


def _place(stated: str) -> Path:
    path = Path(stated)
    if not path.is_absolute():
        raise CuratorError(
            "Expected the whole path of a folder, an archive or a table on the server, such as "
            f"/data/faces. Received: {stated or 'nothing'}"
        )
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # a link that leads to itself is a RuntimeError
        raise CuratorError(f"{stated} cannot be opened on the server: {error}.") from error


def _kept_label_files(project: Project, label_files: Sequence[Upload]) -> tuple[str, ...]:
    folder, _ = keep_uploads(project, label_files, [])
    files = (path for path in (project.folder / folder).rglob("*") if path.is_file())
    return tuple(sorted(str(path.relative_to(project.folder)) for path in files))


def _name_of(file_name: str) -> str:
    """Take from a name what tells its kind, `.tar.gz` too.

    Example:
        >>> _name_of("faces.v2.tar.gz"), _name_of("kdef.zip")
        ('faces.v2', 'kdef')
    """
    name = PurePosixPath(file_name)
    while name.stem and name.suffix.lower() in ARCHIVE_SUFFIXES | TABLE_SUFFIXES | IMAGE_SUFFIXES:
        name = PurePosixPath(name.stem)
    return name.name


def import_of_addresses(text: str) -> PendingImport:
    """Read addresses on the web, one a line; nothing is fetched yet.

    Raises:
        CuratorError: There are none, too many, or one that does not begin with http:// or
            https://.
    """
    urls = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not 1 <= len(urls) <= MOST_URLS:
        raise CuratorError(f"Expected 1 to {MOST_URLS:,} addresses. Received: {len(urls):,}")
    strange = [url for url in urls if not url.lower().startswith(("http://", "https://"))]
    if strange:
        raise CuratorError(
            f"Expected addresses that begin with http:// or https://. Received: {strange[0]}"
        )
    return PendingImport(f"{len(urls):,} address{'es' * (len(urls) > 1)}", "", urls=urls)


def is_there(project: Project, brought: PendingImport) -> bool:
    """Say whether what was brought still lies where it was kept."""
    return all((project.folder / path).exists() for path in (brought.origin, *brought.label_files))


def discard(project: Project, brought: PendingImport) -> None:
    """Remove what was kept of it; what lies elsewhere stays."""
    for path in (brought.origin, *brought.label_files):
        place = project.folder / path
        if place != project.uploads and place.is_relative_to(project.uploads):
            kept = project.uploads / place.relative_to(project.uploads).parts[0]
            shutil.rmtree(kept, ignore_errors=True)  # another tab may have done so
