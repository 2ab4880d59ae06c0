import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from curator.app.server import _config, serve
from curator.errors import CuratorError
from db.project.project_folder import make_project
from db.tables import Role
from tests.app.asgi import Asked, ask
from tests.app.makers import PASSWORD, make_shared_project
from tests.app.makers import make_app as make_routes
from tests.makers import NOW, add_person

OPTIONS = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.enableStaticServing": False,
    "server.maxUploadSize": 2000,
    "server.trustedUserHeaders": {"X-Curator-Annotator": "annotator_id"},
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "runner.postScriptGC": False,
    "runner.magicEnabled": False,
    "logger.level": "warning",
    "theme.primaryColor": "#1f6f8b",
    "theme.base": "light",
    "theme.headingFontSizes": ["1.9rem", "1.5rem", "1.25rem", "1.1rem", "1rem", "0.9rem"],
}

# In a process of its own, in a folder with options of its own: those of the app must win.
READ_OPTIONS = """
import json, sys
from pathlib import Path
from curator.app.server import make_app
from db.project.project_folder import make_project
app = make_app(make_project(Path("project")))
from streamlit import config
print(json.dumps({name: config.get_option(name) for name in json.loads(sys.argv[1])}))
"""


@pytest.mark.slow
def test_streamlit_takes_every_option_of_ours_wherever_it_is_started(tmp_path: Path) -> None:
    other = tmp_path / ".streamlit" / "config.toml"
    other.parent.mkdir()
    other.write_text('[runner]\npostScriptGC = true\n[theme]\nprimaryColor = "#ff0000"\n')
    done = subprocess.run(
        [sys.executable, "-c", READ_OPTIONS, json.dumps(list(OPTIONS))],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == OPTIONS


def test_every_option_in_the_file_is_known_to_streamlit() -> None:
    from streamlit.config import _config_options_template as known  # noqa: PLC0415 - hidden

    assert set(OPTIONS) <= set(known)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "lab.example", "::"])  # noqa: S104
def test_a_project_without_accounts_is_served_to_this_machine_only(
    tmp_path: Path, host: str
) -> None:
    with pytest.raises(CuratorError, match="curator people add NAME --role owner"):
        serve(make_project(tmp_path), host, 0)


def test_an_address_that_cannot_be_had_is_told_in_a_sentence(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    with project.writing() as session:
        add_person(session, "ann", Role.OWNER, PASSWORD, NOW)
        session.commit()
    with pytest.raises(CuratorError, match=r"The app cannot answer at 192\.0\.2\.1:8501"):
        serve(project, "192.0.2.1", 8501)


@pytest.mark.parametrize(
    ("proxy", "statuses"), [("127.0.0.1", {401}), ("192.0.2.1", {401, 429}), (None, {401, 429})]
)
def test_only_a_named_proxy_says_who_is_calling(
    tmp_path: Path, proxy: str | None, statuses: set[int]
) -> None:
    project, _ = make_shared_project(tmp_path)
    config = _config(make_routes(project), proxy)
    config.load()
    body = b"name=annotator&password=wrong-password"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answers = [
        ask(
            config.loaded_app,
            Asked("/sign-in", "POST", {**form, "X-Forwarded-For": f"198.51.100.{number}"}, body),
        )
        for number in range(7)
    ]
    assert {answer.status for answer in answers} == statuses
