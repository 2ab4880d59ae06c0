"""The jobs that the curator's worker does; each is a step of the pages and commands."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from curator.core.snapshots.recipe import recipe_from_json
from curator.core.subjects.clustering import RULES
from curator.steps.duplicates.find_duplicates import find_duplicates
from curator.steps.exports.export_snapshot import export_title, export_zip
from curator.steps.exports.exported_file import ExportChoices
from curator.steps.exports.open_export import open_export
from curator.steps.importing.import_images import SourceChoice
from curator.steps.importing.run_import import detect, run_import
from curator.steps.importing.web.import_from_web import import_from_web
from curator.steps.models.request_suggestions import (
    ask_trainer,
    model_named,
    prepare_crops,
    prepared_folder,
)
from curator.steps.process_pool import Workers
from curator.steps.snapshots.freeze_snapshot import freeze
from curator.steps.snapshots.preview_snapshot import preview_leaks
from curator.steps.snapshots.prioritise_faces import prioritise_faces
from curator.steps.subjects.find_subjects import find_subjects
from db.jobs.progress import Steps, committing
from db.jobs.worker import JobFunction
from db.project.project_folder import Project
from db.snapshot_folder.manifest import read_snapshot
from db.tables.snapshots import StoredSnapshot


def _import(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    choice = SourceChoice(
        name=arguments["source"],
        terms=arguments["terms"],
        label_files=tuple(project.folder / label_file for label_file in arguments["legends"]),
        subject_pattern=arguments["subject_pattern"] or None,
        layout=arguments.get("layout"),
        label_names=arguments.get("label_names", {}),
        columns=arguments.get("columns", {}),
        holds_crops=arguments.get("holds_crops"),
    )
    how: dict[str, Any] = {"detector": arguments["detector"]}
    with Workers() as workers:
        how["executor"] = workers
        if urls := arguments.get("urls"):
            folder = project.uploads / f"web-{arguments['job_id']}"
            return (yield from import_from_web(project, urls, choice, folder=folder, **how))
        origin = project.folder / arguments["origin"]
        result = yield from run_import(project, origin, choice, **how)
    if origin.is_relative_to(project.uploads):
        shutil.rmtree(project.uploads / origin.relative_to(project.uploads).parts[0])
    return result


def _detect(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    with Workers() as workers:
        return (
            yield from detect(
                project,
                detector=arguments["detector"],
                again=arguments.get("again", False),
                executor=workers,
            )
        )


def _duplicates(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    steps = find_duplicates(project, arguments["distance"], now=datetime.now(UTC))
    return asdict((yield from steps))


def _subjects(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    rule = RULES[arguments["rule"]]
    with Workers() as workers, project.writing() as session:
        steps = find_subjects(project, session, rule, executor=workers)
        return asdict((yield from committing(session, steps)))


def _check(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    with project.reading() as session:
        return (yield from preview_leaks(project, session, recipe_from_json(arguments["recipe"])))


def _freeze(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    recipe = recipe_from_json(arguments["recipe"])
    with project.writing() as session:
        steps = freeze(project, session, arguments["name"], recipe, now=datetime.now(UTC))
        return asdict((yield from committing(session, steps)))


def _export(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    with project.reading() as session:
        stored = session.get_one(StoredSnapshot, arguments["snapshot_id"])
        folder = project.folder / stored.folder
    choices, format_name = ExportChoices.of(arguments["choices"]), arguments["format"]
    export = open_export(read_snapshot(folder), choices, project)
    place = project.exports / f"{export_title(export, format_name)}.zip"
    if not place.exists():  # snapshots do not change, so neither does what is made of them
        yield from export_zip(export, format_name, place)
    return {"file": place.name, "size_bytes": place.stat().st_size}


def _prepare(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    asked = model_named(project, arguments["name"])
    folder = prepared_folder(arguments["job_id"])
    faces = yield from prepare_crops(project, asked, project.folder / folder)
    request = {"name": asked.name, "model": asked.model, "recipe": arguments["recipe"]}
    with project.writing() as session:
        ask_trainer(session, {**request, "folder": folder, "faces": faces}, now=datetime.now(UTC))
        session.commit()
    return {"model": asked.model, "faces": faces}


def _order(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    recipe = recipe_from_json(arguments["recipe"])
    return asdict((yield from prioritise_faces(project, recipe)))


JOBS: Mapping[str, JobFunction] = {
    "import": _import,
    "detect": _detect,
    "duplicates": _duplicates,
    "subjects": _subjects,
    "check": _check,
    "freeze": _freeze,
    "export": _export,
    "prepare": _prepare,
    "order": _order,
}
