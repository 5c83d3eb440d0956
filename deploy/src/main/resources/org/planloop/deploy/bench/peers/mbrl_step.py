"""One gradient step of mbrl-lib's ensemble 24 -> 4 x 200 -> 40 on a batch of 256 a network that is there already."""

import mbrl.models
import numpy
import torch
from mbrl.types import TransitionBatch

import protocol
from mbrl_models import SILU, VERSIONS, ensemble

STATE, ACTION, MEMBERS, BATCH = 20, 4, 5, 256


def update():
    torch.manual_seed(0)
    random = numpy.random.default_rng(0)
    model = ensemble(STATE, ACTION, 4, SILU, "random_model")
    state = random.normal(size=(MEMBERS, BATCH, STATE))
    action = random.uniform(-1, 1, size=(MEMBERS, BATCH, ACTION))
    nothing = numpy.zeros((MEMBERS, BATCH))
    batch = TransitionBatch(state, action, state + numpy.tanh(state), nothing, nothing, nothing)
    model.update_normalizer(TransitionBatch(*[part.reshape(MEMBERS * BATCH, -1) for part in batch.astuple()]))
    trainer = mbrl.models.ModelTrainer(model, optim_lr=1e-3, weight_decay=5e-5)
    model.train()
    return lambda: model.update(batch, trainer.optimizer), 1


protocol.serve(VERSIONS, {"update": update})
