"""The addresses of pictures: a face's view and crop, the image it lies in, and where."""

from collections.abc import Callable

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from curator.app.common.row_ids import MOST_ROW_ID
from curator.app.people.access_control import project_of
from curator.steps.faces.face_pictures import (
    crop_of_face,
    face_place,
    view_of_face,
    viewable_image,
)
from db.project.project_folder import Project

_KEPT_BY_BROWSER = {"Cache-Control": "private, max-age=300"}


async def face_view(request: Request) -> Response:
    """Send the larger cut of a face."""
    return await _picture(request, view_of_face, "face_id", "image/jpeg")


async def face_crop(request: Request) -> Response:
    """Send the crop of a face."""
    return await _picture(request, crop_of_face, "face_id", "image/png")


async def source_image(request: Request) -> Response:
    """Send the image that a face came from, without what its file says beside pixels."""
    return await _picture(request, viewable_image, "image_id", "image/jpeg")


async def _picture(
    request: Request, read: Callable[[Project, int], bytes | None], key: str, media_type: str
) -> Response:
    number: int = request.path_params[key]
    if number > MOST_ROW_ID:
        return PlainTextResponse("There is no such picture.", 404)
    content = await anyio.to_thread.run_sync(read, project_of(request), number)
    if content is None:
        return PlainTextResponse("There is no such picture.", 404)
    return Response(content, media_type=media_type, headers=_KEPT_BY_BROWSER)


async def place_of_face(request: Request) -> Response:
    """Say in which image a face lies and where, and nothing else: annotators are blind."""
    face_id: int = request.path_params["face_id"]
    place = None
    if face_id <= MOST_ROW_ID:
        place = await anyio.to_thread.run_sync(face_place, project_of(request), face_id)
    if place is None:
        return PlainTextResponse("There is no such face.", 404)
    return JSONResponse({"image": place.image_id, "box": place.box}, headers=_KEPT_BY_BROWSER)
