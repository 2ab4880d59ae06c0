"""Train one net, epoch by epoch, so that a stop loses no whole epoch."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.runs import EpochResult
from db.storage import written_whole
from trainer.augmentation import augmentation
from trainer.backend import KerasModel, compiles_well, keras
from trainer.errors import TrainerError
from trainer.features import net_outputs
from trainer.loading import Faces
from trainer.nets import NETS, PROBABILITIES
from trainer.presets import Preset
from trainer.run_files import NetFiles
from trainer.scores import score


@dataclass(frozen=True)
class Training:
    """A net and all it takes to train it.

    Attributes:
        net_name: Its name in `NETS`.
        net: The model, which takes raw crops.
        learner: The net behind augmentation, compiled; it shares its weights.
        preset: How to train.
        seed: Of the order of faces, of augmentation and of dropout.
        files: Where checkpoints go.
    """

    net_name: str
    net: KerasModel
    learner: KerasModel
    preset: Preset
    seed: int
    files: NetFiles


def new_training(net_name: str, preset: Preset, seed: int, files: NetFiles) -> Training:
    """Build a net and make it ready to train.

    Raises:
        TrainerError: The weights that the preset names cannot be loaded.
    """
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    recipe = NETS[net_name]
    net = recipe.build(preset.weights if recipe.has_imagenet_weights else None)
    _set_normalisation(net, preset.normalisation_momentum)
    net.run_eagerly = preset.is_eager
    crops = keras.Input((recipe.size_px, recipe.size_px, 3))
    augmented = crops
    for layer in augmentation(seed):
        augmented = layer(augmented)
    learner = keras.Model(crops, net(augmented)[PROBABILITIES])
    learner.compile(
        optimizer=keras.optimizers.Adam(preset.learning_rate_for(net_name)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=preset.is_eager,
        jit_compile="auto" if compiles_well() and not preset.is_eager else False,
    )
    return Training(net_name, net, learner, preset, seed, files)


def _set_normalisation(model: KerasModel, momentum: float) -> None:
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = momentum
        elif isinstance(layer, keras.Model):
            _set_normalisation(layer, momentum)


def go_on(
    training: Training, faces: dict[str, Faces], history: tuple[EpochResult, ...]
) -> Iterator[tuple[EpochResult, ...]]:
    """Train a net from its newest checkpoint to its last epoch.

    Faces are shuffled, augmented and dropped out by seed and epoch alone, so that an
    interrupted training goes the same way as one in a single run. The last faces that
    fill no mini-batch are left out of their epoch: batch normalisation over a few of them
    would upset the net.

    Args:
        training: As `new_training` made it.
        faces: The faces by split; `test` is not looked at.
        history: What earlier calls had done; epochs without a checkpoint are done again.

    Yields:
        The history after each epoch, which the caller must keep before it goes on.

    Raises:
        TrainerError: The loss is no number any more.
    """
    history = _restored(training, history)
    checked_at = time.perf_counter()
    for epoch in range(len(history) + 1, training.preset.epochs_for(training.net_name) + 1):
        history = (*history, _one_epoch(training, faces, epoch))
        is_due = time.perf_counter() - checked_at >= training.preset.checkpoint_seconds
        if is_due:
            with written_whole(training.files.checkpoint(epoch)) as aside:
                training.learner.save_weights(aside)
            checked_at = time.perf_counter()
        yield history
        if is_due:
            training.files.drop_checkpoints(but=epoch)


def _restored(training: Training, history: tuple[EpochResult, ...]) -> tuple[EpochResult, ...]:
    """Load the newest checkpoint that the history knows, and cut the history to it."""
    known = (epoch for epoch in training.files.checkpoint_epochs() if epoch <= len(history))
    newest = next(known, 0)
    if newest:
        # The optimiser's moments are loaded only once its variables are there.
        training.learner.optimizer.build(training.learner.trainable_variables)
        training.learner.load_weights(training.files.checkpoint(newest))
    return history[:newest]


def _one_epoch(training: Training, faces: dict[str, Faces], epoch: int) -> EpochResult:
    started_at = time.perf_counter()
    train, validation = faces["train"], faces["validation"]
    order = _order(len(train), training, epoch)
    _reseed(training, epoch)
    fitted = training.learner.fit(
        train.crops[order],
        train.classes[order],
        batch_size=min(training.preset.batch_size, len(order)),
        shuffle=False,
        verbose=0,
    ).history
    _check_loss(training.net_name, epoch, fitted["loss"][0])
    scores = score(net_outputs(training.net, validation.crops).probabilities, validation.classes)
    return EpochResult(
        epoch=epoch,
        training_accuracy=fitted["accuracy"][0],
        training_loss=fitted["loss"][0],
        validation_accuracy=scores.accuracy,
        validation_loss=scores.loss,
        seconds=time.perf_counter() - started_at,
    )


def _order(count: int, training: Training, epoch: int) -> NDArray[np.int64]:
    """Shuffle the faces of one epoch into whole mini-batches, or into one that is not."""
    batch_size = training.preset.batch_size
    whole = count - count % batch_size if count >= batch_size else count
    return np.random.default_rng([training.seed, epoch]).permutation(count)[:whole]


def _reseed(training: Training, epoch: int) -> None:
    """Set the state of all layers that draw by chance, which no checkpoint holds."""
    kept = {id(weight) for weight in training.learner.weights}
    states = [
        variable
        for variable in training.learner.non_trainable_variables
        if id(variable) not in kept and "seed_generator" in variable.path
    ]
    for number, state in enumerate(states):
        state.assign([training.seed + number, epoch])


def _check_loss(net_name: str, epoch: int, loss: float) -> None:
    if not math.isfinite(loss):
        raise TrainerError(
            f"The loss of {net_name} became {loss} in epoch {epoch}: training has run away. "
            "Lower its learning rate, or look at the crops of the snapshot; "
            "the nets done so far are kept."
        )
