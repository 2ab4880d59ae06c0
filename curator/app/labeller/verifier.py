"""The verifier: the part of the verify page that runs in the browser.

Its files lie beside the labeller's, since both send in the same way.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from curator.app.labeller import mount
from curator.steps.hand_out import VerifyQueue


@dataclass(frozen=True)
class Verified:
    """What the verifier needs to know of the project.

    Attributes:
        queues: What waits, by origin and label.
        guideline_id: The version that annotators go by, if there is one.
    """

    queues: Sequence[VerifyQueue]
    guideline_id: int | None


def verifier(person_key: str, onward: list[str], work: Verified) -> None:
    """Put the verifier on the page; it asks for a new run when a queue is done.

    Args:
        person_key: The person whose presses the browser keeps and sends.
        onward: The addresses of the pages that this person may go to.
        work: What there is to verify.
    """
    queues = [asdict(queue) for queue in work.queues]
    mount("verifier", person_key, onward, {"queues": queues, "guideline": work.guideline_id})
