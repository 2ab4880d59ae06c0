import pytest

from tests.browser.conftest import StartServer
from tests.faults.annotators import Team, signed_in_tokens
from tests.faults.conftest import CountLosses
from tests.faults.importing import ask_for_import, result_of, worker_of

ANNOTATORS = 20
IMAGES = 250
FEWEST_PRESSES = 120


@pytest.mark.slow
def test_twenty_annotators_lose_nothing_while_images_are_imported(
    start_server: StartServer, count_losses: CountLosses
) -> None:
    server = start_server(800)
    project = server.project
    team = Team(server.port, signed_in_tokens(project, ANNOTATORS), pause_seconds=(0.4, 1.0))
    job_id = ask_for_import(project, IMAGES)
    team.start()
    with worker_of(project):
        imported = result_of(project, job_id, most_seconds=500)["imported"]
    team.wait_until_pressed(FEWEST_PRESSES)  # where the import is quick, after it too
    team.finish()

    found = count_losses(team.accepted, server)
    assert found.are_none
    assert found.accepted >= FEWEST_PRESSES
    assert set(team.answers) == {200}  # no other answer, nothing was "locked"
    assert imported == IMAGES
