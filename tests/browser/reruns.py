"""Wait until Streamlit has run its script and drawn the page anew."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from playwright.sync_api import Page, WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import next_frame

_MOST_SECONDS = 60
_ENDED: WeakKeyDictionary[Page, Counter[int]] = WeakKeyDictionary()
"""How many runs ended in which way, as the server told each page under watch."""


def watch_reruns(page: Page) -> None:
    """Count the runs of a page's script, from before it is opened."""
    ended = _ENDED.setdefault(page, Counter())

    def heard(frame: str | bytes) -> None:
        message = ForwardMsg.FromString(frame) if isinstance(frame, bytes) else None
        if message and message.WhichOneof("type") == "script_finished":
            ended[message.script_finished] += 1

    def opened(socket: WebSocket) -> None:
        socket.on("framereceived", heard)

    page.on("websocket", opened)


@contextmanager
def rerun(page: Page) -> Iterator[None]:
    """Wait until a run that what is done in the block sets off has ended and is drawn.

    What is typed while the page is drawn anew can be lost, and how long that takes depends on
    the machine.
    """
    ended = _ENDED[page]
    before = ended[ForwardMsg.FINISHED_SUCCESSFULLY]
    yield
    until = time.monotonic() + _MOST_SECONDS
    while ended[ForwardMsg.FINISHED_SUCCESSFULLY] == before:
        assert time.monotonic() < until, f"No run of the script ended in {_MOST_SECONDS} s."
        page.wait_for_timeout(20)
    wait_until_drawn(page)


def wait_until_drawn(page: Page) -> None:
    """Wait until no run is under way and what the last one gave is painted."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    next_frame(page)


def wait_until_unfolded(page: Page) -> None:
    """Wait until nothing moves any more but what moves for ever, such as a spinner."""
    next_frame(page)
    page.wait_for_function(
        "() => document.getAnimations().every("
        "(one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)"
    )
    next_frame(page)
