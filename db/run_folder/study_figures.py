"""What the studies of a run say beside it."""

from dataclasses import dataclass

from db.run_folder.estimate import Estimate


@dataclass(frozen=True)
class Leak:
    """The honest accuracy beside the one that faces of one unit on both sides would show.

    Attributes:
        about: What was done to leak.
        honest: Of the run's own cell.
        leaked: Of the same net and classifier, faces dealt regardless of units.
        difference: Leaked less honest.
    """

    about: str
    honest: Estimate
    leaked: Estimate
    difference: Estimate


@dataclass(frozen=True)
class SeedScore:
    """The scores of the same net and classifier with one seed."""

    seed: int
    accuracy: Estimate
    macro_f1: Estimate


@dataclass(frozen=True)
class LabelsScore:
    """The scores of the same net and classifier, taught by one kind of label.

    Attributes:
        labels: The kind.
        accuracy: On the test labels, which are hard for all kinds.
        macro_f1: The same.
        calibration_error: Expected calibration error.
        difference: Accuracy of the run's own less this one; None for the run's own.
        adjusted_p: Of this difference; None for the run's own.
    """

    labels: str
    accuracy: Estimate
    macro_f1: Estimate
    calibration_error: float
    difference: Estimate | None = None
    adjusted_p: float | None = None


@dataclass(frozen=True)
class LeftOutSource:
    """How a source is recognised by a net that has never seen it.

    Attributes:
        source: The source.
        without: Accuracy on all of its faces, trained on the other sources.
        within: Accuracy on its test faces, trained on all sources; None without such.
    """

    source: str
    without: Estimate
    within: Estimate | None


@dataclass(frozen=True)
class SourceScore:
    """Trained on one source, or on all, and tested on the test faces of one."""

    trained: str
    tested: str
    accuracy: Estimate
