"""Snapshots as downloads, and the pictures in them."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse

from curator.app.common.row_ids import MOST_ROW_ID
from curator.app.people.access_control import project_of
from curator.errors import CuratorError
from curator.steps.exports.export_snapshot import export_title, zip_chunks
from curator.steps.exports.exported_file import ExportChoices, SnapshotExport
from curator.steps.exports.list_exports import export_file
from curator.steps.exports.open_export import open_export
from curator.steps.snapshots.show_snapshot import frozen_crop
from db.project.project_folder import Project
from db.snapshot_folder.errors import SnapshotError
from db.snapshot_folder.manifest import read_snapshot
from db.tables.snapshots import StoredSnapshot

_NEVER_CHANGES = {"Cache-Control": "private, max-age=86400, immutable"}


async def snapshot_crop(request: Request) -> Response:
    """Send the crop of a face as it is frozen."""
    snapshot_id, sha256 = request.path_params["snapshot_id"], request.path_params["sha256"]
    content = None
    if snapshot_id <= MOST_ROW_ID:
        content = await run_in_threadpool(frozen_crop, project_of(request), snapshot_id, sha256)
    if content is None:
        return PlainTextResponse("There is no such picture.", 404)
    return Response(content, media_type="image/png", headers=_NEVER_CHANGES)


async def snapshot_zip(request: Request) -> Response:
    """Stream a snapshot in one of the export formats as a zip; the query says the choices."""
    snapshot_id, format_name = request.path_params["snapshot_id"], request.path_params["format"]
    wanted = dict(request.query_params)
    try:
        export = await run_in_threadpool(_export, project_of(request), snapshot_id, wanted)
        chunks = zip_chunks(export, format_name)
    except (CuratorError, SnapshotError) as error:
        return PlainTextResponse(str(error), 404)
    headers = _attached(f"{export_title(export, format_name)}.zip")
    return StreamingResponse(chunks, media_type="application/zip", headers=headers)


async def made_export(request: Request) -> Response:
    """Send an export that a job has made; a download that was cut off can be resumed."""
    try:
        file = export_file(project_of(request), request.path_params["name"])
    except CuratorError as error:
        return PlainTextResponse(str(error), 404)
    return FileResponse(file, media_type="application/zip", headers=_attached(file.name))


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private"}


def _export(project: Project, snapshot_id: int, wanted: dict[str, str]) -> SnapshotExport:
    folder = None
    if snapshot_id <= MOST_ROW_ID:
        with project.reading() as session:
            stored = session.get(StoredSnapshot, snapshot_id)
            folder = project.folder / stored.folder if stored else None
    if folder is None:
        raise CuratorError(f"There is no snapshot {snapshot_id}.")
    return open_export(read_snapshot(folder), ExportChoices.of(wanted), project)
