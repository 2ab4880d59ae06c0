"""A promoted model without a training, by the functions that promote real ones."""

from pathlib import Path

import numpy as np

from db.jobs.progress import finished
from db.model_folder.model_card import ModelCard
from db.run_folder.results import write_run
from db.run_folder.run_files import net_files
from tests.makers import NOW
from tests.trainer.makers import make_cell, make_net, make_run
from trainer.backend import KerasModel, keras
from trainer.deployment.standard_model import promote
from trainer.nets import NETS


def make_untrained(net: str, seed: int = 0) -> KerasModel:
    """Build a net whose answers differ from crop to crop, as a trained one's do.

    The moving averages of a new net are not those of its own maps, so that in deep nets all
    maps fade to nothing; one look at noise sets them right.
    """
    keras.utils.set_random_seed(seed)
    model = NETS[net].build()
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    noise = np.random.default_rng(seed).integers(0, 256, (16, *model.input.shape[1:]))
    model(noise.astype(np.float32), training=True)
    return model


def make_promoted(
    work: Path, to: Path, *, net: str = "MiniResNet", classifier: str = "softmax"
) -> ModelCard:
    """Promote an untrained net out of a run of one cell.

    Args:
        work: A folder for the run.
        to: The folder of the standard model.
    """
    cell = make_cell(net=net, classifier=classifier)
    write_run(work, make_run(nets=(make_net(net, 0.8),), cells=(cell,), asked_nets=(net,)))
    file = net_files(work, net).model
    file.parent.mkdir(parents=True)
    make_untrained(net).save(file)
    return finished(promote(work, to, now=NOW, net=net, classifier=classifier))
