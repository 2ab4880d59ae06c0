"""A snapshot of 21 drawn faces in colour, three a label, and the export of it."""

from dataclasses import replace

import pytest

from curator.core.snapshots.recipe import PRESETS
from curator.steps.exports.exported_file import ExportChoices, SnapshotExport
from curator.steps.exports.open_export import open_export
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from db.snapshot_folder.manifest import Snapshot, read_snapshot
from tests.makers import NOW, annotate, make_annotator, make_labelled_project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Of each label the first face has a third vote, which is for another label."""
    labels = [label for label in Expression for _ in range(3)]
    project = make_labelled_project(tmp_path_factory.mktemp("made") / "project", labels)
    with project.writing() as session:
        third = make_annotator(session, "cy")
        for face_id in range(1, len(labels), 3):
            other = Expression.SAD if labels[face_id - 1] is not Expression.SAD else Expression.FEAR
            annotate(session, face_id, {third: other})
        session.commit()
    return project


@pytest.fixture(scope="session")
def snapshot(project: Project) -> Snapshot:
    with project.writing() as session:
        recipe = replace(PRESETS["even"], preprocessing="none")
        steps = freeze(project, session, "set", recipe, now=NOW)
        report = finished(committing(session, steps))
    return read_snapshot(project.folder / report.folder)


@pytest.fixture
def export(snapshot: Snapshot, project: Project) -> SnapshotExport:
    return open_export(snapshot, ExportChoices(), project)


@pytest.fixture
def soft_export(snapshot: Snapshot, project: Project) -> SnapshotExport:
    return open_export(snapshot, ExportChoices(labels="soft"), project)
