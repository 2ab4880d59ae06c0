"""Train one net, epoch by epoch, so that a stop loses no whole epoch."""

import math
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.files.blobs import written_whole
from db.run_folder.results import EpochResult
from db.run_folder.run_files import NetFiles
from trainer.backend import KerasModel, compiles_well, keras, precision_here
from trainer.data.augmentation import augmentation
from trainer.data.loading import Faces
from trainer.data.targets import Targets, training_targets
from trainer.errors import TrainerError
from trainer.evaluation.scores import score
from trainer.nets import NETS, PROBABILITIES
from trainer.nets.weights import earlier_run, take_weights
from trainer.presets import Preset
from trainer.training.features import net_outputs
from trainer.training.schedule import best_epoch, has_ended, kept_epoch, learning_rate

CHUNK_SECONDS = 5.0
"""Nobody waits longer than about this for a stop, or for news of an epoch."""
FIRST_BATCHES = 4
MOST_GROWTH = 8


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


@dataclass(frozen=True)
class Reached:
    """How far a training is.

    Attributes:
        history: The epochs that are done.
        share: Of the epoch at work, in [0, 1); 0 right after an epoch.
    """

    history: tuple[EpochResult, ...]
    share: float = 0.0


def new_training(net_name: str, preset: Preset, seed: int, files: NetFiles) -> Training:
    """Build a net and make it ready to train.

    Raises:
        TrainerError: The weights that the preset names cannot be loaded.
    """
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy(precision_here(preset.precision))
    try:
        net = _started_net(net_name, preset)
        learner = _learner(net, net_name, preset, seed)
    finally:
        keras.config.set_dtype_policy("float32")
    return Training(net_name, net, learner, preset, seed, files)


def _started_net(net_name: str, preset: Preset) -> KerasModel:
    recipe, run_folder = NETS[net_name], earlier_run(preset.weights)
    from_imagenet = preset.weights if recipe.has_imagenet_weights and not run_folder else None
    net = recipe.build(from_imagenet)
    if run_folder:
        take_weights(net, run_folder, net_name)
    _set_normalisation(net, preset.normalisation_momentum)
    net.run_eagerly = preset.is_eager_for(net_name)
    return net


def _learner(net: KerasModel, net_name: str, preset: Preset, seed: int) -> KerasModel:
    crops = keras.Input(net.input_shape[1:])
    augmented = crops
    for layer in augmentation(seed) if preset.augments else []:
        augmented = layer(augmented)
    learner = keras.Model(crops, net(augmented)[PROBABILITIES])
    is_eager = preset.is_eager_for(net_name)
    learner.compile(
        optimizer=keras.optimizers.Adam(preset.learning_rate_for(net_name)),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=is_eager,
        jit_compile="auto" if compiles_well() and not is_eager else False,
    )
    _make_variables(learner)
    return learner


def _make_variables(learner: KerasModel) -> None:
    """Make what the first step would make: TensorFlow traces a step that does so twice."""
    learner.optimizer.build(learner.trainable_variables)
    nothing = keras.ops.zeros((1, learner.output_shape[-1]))
    learner.compute_metrics(None, nothing, nothing, None)
    learner.reset_metrics()


def _set_normalisation(model: KerasModel, momentum: float) -> None:
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = momentum
        elif isinstance(layer, keras.Model):
            _set_normalisation(layer, momentum)


def go_on(
    training: Training, faces: dict[str, Faces], history: tuple[EpochResult, ...]
) -> Iterator[Reached]:
    """Train a net from its newest checkpoint to its last epoch.

    Faces are shuffled, augmented and dropped out by seed and epoch alone, so that an
    interrupted training goes the same way as one in a single run. The last faces that
    fill no mini-batch are left out of their epoch: batch normalisation over a few of them
    would upset the net. In the end the net has the weights of the epoch that it keeps.

    Args:
        training: As `new_training` made it.
        faces: The faces by split; `test` is not looked at.
        history: What earlier calls had done; epochs without a checkpoint are done again.

    Yields:
        How far it is, several times an epoch; the caller must keep the history before it
        goes on.

    Raises:
        TrainerError: The loss is no number any more.
    """
    targets = training_targets(faces["train"], training.preset)
    history = _restored(training, history)
    checked_at = time.perf_counter()
    while not has_ended(training.preset, training.net_name, history):
        history = (*history, (yield from _one_epoch(training, faces, targets, history)))
        is_due = time.perf_counter() - checked_at >= training.preset.checkpoint_seconds
        _keep_best(training, history)
        if is_due:
            with written_whole(training.files.checkpoint(len(history))) as aside:
                training.learner.save_weights(aside)
            checked_at = time.perf_counter()
        yield Reached(history)
        if is_due:
            training.files.drop_checkpoints(but=len(history))
            training.files.drop_best(but=best_epoch(history))
    _take_kept(training, history)


def _keep_best(training: Training, history: tuple[EpochResult, ...]) -> None:
    """Write the weights of the newest epoch when it is the one to keep so far."""
    if training.preset.patience_epochs is not None and best_epoch(history) == len(history):
        with written_whole(training.files.best(len(history))) as aside:
            training.net.save_weights(aside)


def _take_kept(training: Training, history: tuple[EpochResult, ...]) -> None:
    kept = kept_epoch(training.preset, history)
    if kept != len(history):
        training.net.load_weights(training.files.best(kept))


def _restored(training: Training, history: tuple[EpochResult, ...]) -> tuple[EpochResult, ...]:
    """Load the newest checkpoint that the history knows, and cut the history to it."""
    known = (epoch for epoch in training.files.checkpoint_epochs() if epoch <= len(history))
    newest = next(known, 0)
    if newest:
        training.learner.load_weights(training.files.checkpoint(newest))
    return history[:newest]


def _one_epoch(
    training: Training,
    faces: dict[str, Faces],
    targets: Targets,
    history: tuple[EpochResult, ...],
) -> Generator[Reached, None, EpochResult]:
    started_at = time.perf_counter()
    train, validation, number = faces["train"], faces["validation"], len(history) + 1
    order = _order(len(train), training, number)
    _reseed(training, number)
    rate = learning_rate(training.preset, training.net_name, history)
    training.learner.optimizer.learning_rate = rate
    seen, sums = 0, np.zeros(2)
    for faces_seen, means in _fitted_chunks(training, train.crops, targets, order):
        _check_loss(training.net_name, number, means[0])
        seen, sums = seen + faces_seen, sums + faces_seen * means
        if seen < len(order):
            yield Reached(history, seen / len(order))
    scores = score(net_outputs(training.net, validation.crops).probabilities, validation.classes)
    return EpochResult(
        epoch=number,
        training_accuracy=float(sums[1] / seen),
        training_loss=float(sums[0] / seen),
        validation_accuracy=scores.accuracy,
        validation_loss=scores.loss,
        seconds=time.perf_counter() - started_at,
    )


def _fitted_chunks(
    training: Training, crops: NDArray[np.uint8], targets: Targets, order: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Fit on faces in an order, some seconds' worth at a time, always whole mini-batches.

    Yields:
        How many faces, with the mean loss and accuracy over them.
    """
    batch_size = min(training.preset.batch_size, len(order))
    start, batches = 0, FIRST_BATCHES
    while start < len(order):
        part = order[start : start + batches * batch_size]
        fitted_at = time.perf_counter()
        fitted = training.learner.fit(
            crops[part],
            targets.shares[part],
            sample_weight=targets.weights[part],
            batch_size=batch_size,
            shuffle=False,
            verbose=0,
        ).history
        yield len(part), np.array([fitted["loss"][0], fitted["accuracy"][0]])
        growth = CHUNK_SECONDS / (time.perf_counter() - fitted_at)
        start, batches = start + len(part), max(1, int(batches * min(growth, MOST_GROWTH)))


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


def in_full_precision(training: Training) -> KerasModel:
    """Return the net in float32, as it is kept and used: what trained it may have had less."""
    if training.net.dtype_policy.name == "float32":
        return training.net
    net = NETS[training.net_name].build()
    net.set_weights(training.net.get_weights())
    return net
