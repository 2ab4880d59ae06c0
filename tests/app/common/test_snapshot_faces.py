"""Faces of a snapshot come by the page, each with two lines that are text and never markup."""

import pytest
from streamlit.testing.v1 import AppTest

from curator.app.common import snapshot_faces

SCRIPT = """
import pandas as pd
from curator.app.common.snapshot_faces import crop_grid, page_of

faces = pd.DataFrame({"face_id": range(1, 8), "crop_sha256": list("abcdefg")})
crop_grid(page_of(faces, "page"), 5, lambda row: ("<i>", f"no. {row['face_id']}"), size_px=104)
"""


def cells(app: AppTest) -> list[str]:
    body: str = app.get("html")[0].proto.body
    return body.split("<figure")[1:]


def test_a_page_holds_its_share_and_the_last_one_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_faces, "FACES_A_PAGE", 3)
    app = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert app.number_input("page").label == "Page, of 3"
    assert [cell.count("alt='face ") for cell in cells(app)] == [1, 1, 1]
    assert "alt='face 1'" in cells(app)[0]
    app.number_input("page").set_value(3).run()
    (last,) = cells(app)
    assert "alt='face 7' src='/api/snapshots/5/crops/g.png'" in last
    assert "<b>7</b> &lt;i&gt;<br><span style='opacity:.8'>no. 7</span>" in last


def test_where_one_page_holds_all_there_is_none_to_choose() -> None:
    app = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert not app.number_input
    assert len(cells(app)) == 7
    assert "minmax(104px,1fr)" in app.get("html")[0].proto.body
