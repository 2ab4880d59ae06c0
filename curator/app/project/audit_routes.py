"""The audit trail as a download."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from curator.app.people.access_control import project_of
from curator.steps.project.export_audit import csv_chunks


async def audit_csv(request: Request) -> Response:
    """Stream the whole audit trail as CSV."""
    headers = {
        "Content-Disposition": 'attachment; filename="audit.csv"',
        "Cache-Control": "private, no-store",
    }
    chunks = csv_chunks(project_of(request))
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=headers)
