"""Presets: every setting of a benchmark that is not its snapshot."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from db.paper import PAPER_BATCH_SIZE, PAPER_EPOCHS, PAPER_NETS


@dataclass(frozen=True)
class Preset:
    """How nets are trained and how much of the snapshot they see.

    Attributes:
        name: What people call it.
        epochs: Passes over the training faces.
        batch_size: Faces a mini-batch; at least 2, for batch normalisation.
        learning_rate: Of the Adam optimiser.
        epochs_by_net: Nets that differ in `epochs`.
        learning_rate_by_net: Nets that differ in `learning_rate`.
        training_faces_per_label: Most faces a label gives to training; None for all.
        scoring_faces_per_label: The same for validation and for test.
        normalisation_momentum: Of all batch normalisation, in (0, 1): few steps need a
            low one, or the averages that validation uses are still those of the start.
        checkpoint_seconds: Least training time between two checkpoints; 0 to write one
            after every epoch.
        is_eager: Whether steps run without being traced first. Tracing one of the nets
            takes 10 to 30 seconds on two cores: more than a few steps save.
        weights: Where nets start from, see `trainer.weights`; None for chance.

    Raises:
        ValueError: A setting is out of its range.
    """

    name: str
    epochs: int
    batch_size: int
    learning_rate: float
    epochs_by_net: dict[str, int] = field(default_factory=dict)
    learning_rate_by_net: dict[str, float] = field(default_factory=dict)
    training_faces_per_label: int | None = None
    scoring_faces_per_label: int | None = None
    normalisation_momentum: float = 0.99
    checkpoint_seconds: float = 0.0
    is_eager: bool = False
    weights: str | None = None

    def __post_init__(self) -> None:
        for epochs in (self.epochs, *self.epochs_by_net.values()):
            _check("epochs", epochs >= 1, "at least 1", epochs)
        for rate in (self.learning_rate, *self.learning_rate_by_net.values()):
            _check("learning_rate", 0 < rate < 1, "above 0 and below 1", rate)
        momentum = self.normalisation_momentum
        _check("normalisation_momentum", 0 < momentum < 1, "above 0 and below 1", momentum)
        _check("batch_size", self.batch_size >= 2, "at least 2", self.batch_size)
        _check("checkpoint_seconds", self.checkpoint_seconds >= 0, "0 or more",
               self.checkpoint_seconds)  # fmt: skip
        for most in (self.training_faces_per_label, self.scoring_faces_per_label):
            _check("…_faces_per_label", most is None or most >= 1, "at least 1 or None", most)

    def epochs_for(self, net: str) -> int:
        """Say how many epochs a net trains for."""
        return self.epochs_by_net.get(net, self.epochs)

    def learning_rate_for(self, net: str) -> float:
        """Say what learning rate a net trains with."""
        return self.learning_rate_by_net.get(net, self.learning_rate)

    def as_json(self) -> dict[str, Any]:
        """List all settings, as a run keeps them."""
        return asdict(self)


def _check(name: str, is_right: bool, expected: str, received: object) -> None:
    if not is_right:
        raise ValueError(f"`{name}` must be {expected}. Received: {received!r}")


PRESETS: Final = {
    "paper": Preset(
        name="paper",
        epochs=PAPER_EPOCHS,
        batch_size=PAPER_BATCH_SIZE,
        learning_rate=0.0001,
        learning_rate_by_net={net: row.learning_rate for net, row in PAPER_NETS.items()},
    ),
    "quick": Preset(
        name="quick",
        epochs=2,
        batch_size=16,
        learning_rate=0.0005,
        epochs_by_net={"AlexNet": 4, "VGG16": 1},
        learning_rate_by_net={"VGG16": 0.0001},
        training_faces_per_label=20,
        scoring_faces_per_label=24,
        normalisation_momentum=0.5,
        checkpoint_seconds=30.0,
        is_eager=True,
    ),
}
"""`paper`: its Table I. `quick`: all nets within four minutes on two cores, to try the line
of work out; so few epochs say nothing about which net is better."""
