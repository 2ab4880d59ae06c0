"""Snapshots as downloads."""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from curator.app.wall import project_of
from curator.errors import CuratorError
from curator.steps.export_snapshot import zip_chunks
from db.manifest import Snapshot, read_snapshot
from db.project import Project
from db.snapshot_error import SnapshotError
from db.snapshots import StoredSnapshot


async def snapshot_zip(request: Request) -> Response:
    """Stream a snapshot in one of the export formats as a zip."""
    snapshot_id, format_name = request.path_params["snapshot_id"], request.path_params["format"]
    try:
        snapshot = await run_in_threadpool(_snapshot, project_of(request), snapshot_id)
        chunks = zip_chunks(snapshot, format_name)
    except (CuratorError, SnapshotError) as error:
        return PlainTextResponse(str(error), 404)
    name = f"{snapshot.title}-{format_name}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private"}
    return StreamingResponse(chunks, media_type="application/zip", headers=headers)


def _snapshot(project: Project, snapshot_id: int) -> Snapshot:
    with project.reading() as session:
        stored = session.get(StoredSnapshot, snapshot_id)
        folder = Path(stored.folder) if stored else None
    if folder is None:
        raise CuratorError(f"There is no snapshot {snapshot_id}.")
    return read_snapshot(project.folder / folder)
