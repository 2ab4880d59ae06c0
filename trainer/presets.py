"""Presets: every setting of a benchmark that is not its snapshot."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, get_args

from db.run_folder.benchmark_choices import NET_NAMES, LabelKind, Schedule
from db.run_folder.paper import PAPER_BATCH_SIZE, PAPER_EPOCHS, PAPER_NETS

Precision = Literal["auto", "float32", "mixed_float16", "mixed_bfloat16"]


@dataclass(frozen=True)
class Preset:
    """How nets are trained and how much of the snapshot they see.

    Attributes:
        name: What people call it.
        epochs: Passes over the training faces.
        batch_size: Faces a mini-batch; at least 2, for batch normalisation.
        learning_rate: Of the Adam optimiser, at the start.
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
        traced_nets: Nets whose steps are traced all the same.
        weights: Where nets start from, see `trainer.nets.weights`; None for chance.
        labels: What nets are taught of the votes.
        label_smoothing: Share of each target that is spread over all labels, in [0, 1)
            (Szegedy et al. 2016).
        balances_labels: Whether faces of rare labels count more, so that each label counts
            alike.
        schedule: How the learning rate changes.
        patience_epochs: Epochs without a lower validation loss after which a net stops, its
            best epoch kept; None to go to the last epoch and keep that, as the paper does.
        augments: Whether training faces are changed a little each time.
        precision: In which numbers nets are trained; `auto` takes `mixed_float16` on a GPU.

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
    traced_nets: list[str] = field(default_factory=list)
    weights: str | None = None
    labels: LabelKind = LabelKind.HARD
    label_smoothing: float = 0.0
    balances_labels: bool = False
    schedule: Schedule = Schedule.CONSTANT
    patience_epochs: int | None = None
    augments: bool = True
    precision: Precision = "auto"

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
        smoothing, patience = self.label_smoothing, self.patience_epochs
        _check("label_smoothing", 0 <= smoothing < 1, "at least 0 and below 1", smoothing)
        _check("patience_epochs", patience is None or patience >= 1, "at least 1 or None", patience)
        _check("precision", self.precision in get_args(Precision),
               f"one of {', '.join(get_args(Precision))}", self.precision)  # fmt: skip

    def epochs_for(self, net: str) -> int:
        """Say how many epochs a net trains for."""
        return self.epochs_by_net.get(net, self.epochs)

    def learning_rate_for(self, net: str) -> float:
        """Say what learning rate a net starts with."""
        return self.learning_rate_by_net.get(net, self.learning_rate)

    def is_eager_for(self, net: str) -> bool:
        """Say whether the steps of a net run without being traced first."""
        return self.is_eager and net not in self.traced_nets

    def changed(self, **changes: Any) -> "Preset":
        """Change settings as somebody asked for; one number for all nets replaces theirs.

        Args:
            changes: Values by attribute; kinds of label and schedule also by name. Beside
                one number for all nets, `epochs_by_net` and `learning_rate_by_net` name
                those that differ from it.

        Raises:
            ValueError: There is no such setting, or a value is out of its range.
        """
        strange = sorted(set(changes) - set(CHANGEABLE))
        if strange:
            raise ValueError(
                f"A preset can be changed in {', '.join(CHANGEABLE)}. Received: {strange[0]!r}"
            )
        settled: dict[str, Any] = {**changes}
        for name, of in (("labels", LabelKind), ("schedule", Schedule)):
            if name in changes:
                settled[name] = of(changes[name])
        for name in ("epochs", "learning_rate"):
            by_net = f"{name}_by_net"
            if name in changes:
                settled.setdefault(by_net, {})
            given = settled.get(by_net, {})
            is_right = isinstance(given, dict) and set(given) <= set(NET_NAMES)
            _check(by_net, is_right, f"a number by net: {', '.join(NET_NAMES)}", given)
        return replace(self, **settled)

    def as_json(self) -> dict[str, Any]:
        """List all settings, as a run keeps them."""
        return asdict(self)


CHANGEABLE: Final = (
    "epochs",
    "epochs_by_net",
    "batch_size",
    "learning_rate",
    "learning_rate_by_net",
    "weights",
    "labels",
    "label_smoothing",
    "balances_labels",
    "schedule",
    "patience_epochs",
    "augments",
    "precision",
    "training_faces_per_label",
    "scoring_faces_per_label",
)
"""The settings that a person may change in a preset, by command or page."""


def _check(name: str, is_right: bool, expected: str, received: object) -> None:
    if not is_right:
        raise ValueError(f"`{name}` must be {expected}. Received: {received!r}")


PRESETS: Final = {
    "quick": Preset(
        name="quick",
        epochs=1,
        batch_size=16,
        learning_rate=0.0005,
        epochs_by_net={"AlexNet": 2, "MiniResNet": 20},
        learning_rate_by_net={"VGG16": 0.0001, "MiniResNet": 0.002},
        training_faces_per_label=8,
        scoring_faces_per_label=24,
        normalisation_momentum=0.5,
        checkpoint_seconds=30.0,
        is_eager=True,
        traced_nets=["MiniResNet"],
    ),
    "paper": Preset(
        name="paper",
        epochs=PAPER_EPOCHS,
        batch_size=PAPER_BATCH_SIZE,
        learning_rate=0.0001,
        learning_rate_by_net={net: row.learning_rate for net, row in PAPER_NETS.items()},
    ),
    "thorough": Preset(
        name="thorough",
        epochs=60,
        batch_size=64,
        learning_rate=0.001,
        learning_rate_by_net={"VGG16": 0.0001, "AlexNet": 0.0005},
        labels=LabelKind.SOFT,
        balances_labels=True,
        schedule=Schedule.COSINE,
        patience_epochs=15,
        normalisation_momentum=0.9,
    ),
}
"""`quick`: all nets within minutes on two cores, to try the line of work out; so few epochs
say nothing about which net is better. `paper`: its Table I. `thorough`: what we would do
today, taught by the votes and stopped when the validation loss no longer falls."""
