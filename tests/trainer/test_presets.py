import pytest

from db.run_folder.benchmark_choices import LabelKind, Schedule
from db.run_folder.paper import PAPER_NETS
from tests.trainer.makers import make_preset
from trainer.presets import PRESETS


def test_the_papers_preset_has_its_epochs_batches_and_learning_rates() -> None:
    paper = PRESETS["paper"]

    assert {paper.epochs_for(net) for net in PAPER_NETS} == {100}
    assert paper.batch_size == 32
    assert paper.learning_rate_for("AlexNet") == 0.0005
    assert paper.learning_rate_for("Xception") == 0.0001


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": 0}, "`epochs` must be at least 1. Received: 0"),
        ({"epochs_by_net": {"VGG16": 0}}, "`epochs` must be at least 1. Received: 0"),
        ({"batch_size": 1}, "`batch_size` must be at least 2. Received: 1"),
        ({"learning_rate": 0.0}, "`learning_rate` must be above 0 and below 1. Received: 0.0"),
        ({"normalisation_momentum": 1.0}, "`normalisation_momentum` must be above 0"),
        ({"checkpoint_seconds": -1.0}, "`checkpoint_seconds` must be 0 or more. Received: -1"),
        ({"training_faces_per_label": 0}, "_faces_per_label` must be at least 1 or None"),
        ({"label_smoothing": 1.0}, "`label_smoothing` must be at least 0 and below 1"),
        ({"patience_epochs": 0}, "`patience_epochs` must be at least 1 or None"),
        ({"precision": "int8"}, "`precision` must be one of auto, float32"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_preset(**changes)


def test_settings_are_changed_by_name_and_one_number_goes_for_every_net() -> None:
    changed = PRESETS["quick"].changed(epochs=3, labels="soft", schedule="cosine")

    assert {changed.epochs_for(net) for net in PAPER_NETS} == {3}
    assert (changed.labels, changed.schedule) == (LabelKind.SOFT, Schedule.COSINE)
    assert changed.learning_rate_for("VGG16") == PRESETS["quick"].learning_rate_for("VGG16")


def test_nets_may_differ_from_the_number_that_goes_for_the_others() -> None:
    changed = PRESETS["paper"].changed(epochs=1, epochs_by_net={"MiniResNet": 20})

    assert (changed.epochs_for("MiniResNet"), changed.epochs_for("VGG16")) == (20, 1)
    assert changed.learning_rate_for("VGG16") == PRESETS["paper"].learning_rate_for("VGG16")
    with pytest.raises(ValueError, match=r"`epochs_by_net` must be a number by net.*'LeNet'"):
        PRESETS["paper"].changed(epochs_by_net={"LeNet": 1})


def test_a_net_that_trains_long_is_traced_where_others_are_not() -> None:
    assert PRESETS["quick"].is_eager_for("VGG16")
    assert not PRESETS["quick"].is_eager_for("MiniResNet")
    assert not PRESETS["paper"].is_eager_for("VGG16")


def test_what_cannot_be_changed_is_refused() -> None:
    with pytest.raises(ValueError, match=r"can be changed in epochs, .*Received: 'name'"):
        PRESETS["quick"].changed(name="mine")
    with pytest.raises(ValueError, match="'fuzzy' is not a valid LabelKind"):
        PRESETS["quick"].changed(labels="fuzzy")
