"""The socket that a camera's frames come through, and the promoted net as a download."""

import time
from collections.abc import Mapping
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from curator.app.people.access_control import project_of
from curator.core.faces.face_tracking import Track
from curator.errors import CuratorError
from curator.steps.models.live_predictions import LiveFrame, LivePredictions, start_live_predictions
from db.model_folder.model_card import MODEL_FILES, read_card

MOST_FRAME_BYTES = 1_000_000
TOO_LARGE = 1009
CANNOT = 4409
# Whoever looks at himself takes at most so many cores: the labels of others go first.
_AT_ONCE = anyio.CapacityLimiter(2)


async def live(socket: WebSocket) -> None:
    """Answer each frame, a JPEG, with its faces. The next is sent when the answer is there.

    Nothing of the frames is stored or logged.
    """
    await socket.accept()
    try:
        faces = await anyio.to_thread.run_sync(start_live_predictions, project_of(socket))
    except CuratorError as error:
        await socket.send_json({"problem": str(error)})
        await socket.close(CANNOT)
        return
    try:
        await _answer_frames(socket, faces)
    except WebSocketDisconnect:
        return


async def _answer_frames(socket: WebSocket, faces: LivePredictions) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        frame = message.get("bytes") or b""
        if len(frame) > MOST_FRAME_BYTES:
            await socket.close(TOO_LARGE)
            return
        answer = await anyio.to_thread.run_sync(_answer, faces, frame, limiter=_AT_ONCE)
        await socket.send_json(answer)


def _answer(faces: LivePredictions, frame: bytes) -> dict[str, Any]:
    try:
        return _as_json(faces.see(frame, time.monotonic()))
    except CuratorError as error:
        return {"problem": str(error)}


def _as_json(frame: LiveFrame) -> dict[str, Any]:
    return {
        "faces": [_face(track, frame.size_wh) for track in frame.tracks],
        "milliseconds": _rounded(frame.milliseconds),
    }


def _face(track: Track, size_wh: tuple[int, int]) -> dict[str, Any]:
    shares_of_frame = [
        edge / length for edge, length in zip(track.box_xyxy, size_wh * 2, strict=True)
    ]
    return {
        "number": track.number,
        "box": [round(share, 4) for share in shares_of_frame],
        "probabilities": [round(float(share), 4) for share in track.probabilities],
    }


def _rounded(milliseconds: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in milliseconds.items()}


async def promoted_net(request: Request) -> Response:
    """Send the standard model's net in one of its forms."""
    wanted = next((name for name in MODEL_FILES if name == request.path_params["format"]), None)
    folder = project_of(request).standard_model
    card = read_card(folder)
    if wanted is None or card is None or not card.has(wanted):
        return PlainTextResponse("The standard model has no such file.", 404)
    file = folder / MODEL_FILES[wanted]
    if not file.is_file():
        return PlainTextResponse(f"{file.name} is gone. Promote the model again.", 404)
    return FileResponse(
        file, filename=f"{card.net}-{file.name}", headers={"Cache-Control": "private"}
    )
