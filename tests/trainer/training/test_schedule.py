import pytest

from db.run_folder.benchmark_choices import Schedule
from db.run_folder.results import EpochResult
from tests.trainer.makers import make_preset
from trainer.training.schedule import best_epoch, has_ended, kept_epoch, learning_rate


def make_history(*losses: float) -> tuple[EpochResult, ...]:
    return tuple(
        EpochResult(epoch, 0.5, 0.5, 0.5, loss, 1.0) for epoch, loss in enumerate(losses, start=1)
    )


def test_a_cosine_starts_with_the_whole_rate_and_ends_near_none() -> None:
    preset = make_preset(epochs=10, learning_rate=0.2, schedule=Schedule.COSINE)

    rates = [learning_rate(preset, "VGG16", make_history(*[1.0] * done)) for done in range(10)]

    assert rates[0] == 0.2
    assert rates[5] == pytest.approx(0.1)
    assert 0 < rates[9] < 0.01
    assert rates == sorted(rates, reverse=True)


def test_a_plateau_halves_the_rate_after_every_five_epochs_without_a_lower_loss() -> None:
    preset = make_preset(epochs=30, learning_rate=0.2, schedule=Schedule.PLATEAU)

    assert learning_rate(preset, "VGG16", make_history(1.0, *[1.0] * 4)) == 0.2
    assert learning_rate(preset, "VGG16", make_history(1.0, *[1.0] * 5)) == 0.1
    assert learning_rate(preset, "VGG16", make_history(1.0, *[1.0] * 10)) == 0.05
    assert learning_rate(preset, "VGG16", make_history(1.0, *[1.0] * 4, 0.9, *[1.0] * 4)) == 0.2


def test_a_constant_rate_is_that_of_the_net() -> None:
    preset = make_preset(learning_rate=0.2, learning_rate_by_net={"VGG16": 0.1})

    assert learning_rate(preset, "VGG16", make_history(3.0, 2.0)) == 0.1


def test_patience_ends_a_training_and_keeps_its_best_epoch() -> None:
    preset = make_preset(epochs=9, patience_epochs=2)

    assert not has_ended(preset, "VGG16", make_history(3.0, 2.0, 2.5))
    assert has_ended(preset, "VGG16", make_history(3.0, 2.0, 2.5, 2.0))
    assert kept_epoch(preset, make_history(3.0, 2.0, 2.5, 2.0)) == 2
    assert best_epoch(()) == 0


def test_without_patience_the_last_epoch_is_kept() -> None:
    preset = make_preset(epochs=2)

    assert not has_ended(preset, "VGG16", make_history(1.0))
    assert has_ended(preset, "VGG16", make_history(1.0, 2.0))
    assert kept_epoch(preset, make_history(1.0, 2.0)) == 2
