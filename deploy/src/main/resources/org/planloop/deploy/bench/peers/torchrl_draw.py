"""Batches of 128 + 128 rows of 54 floats out of two replay buffers of TorchRL, in files or in memory."""

import tempfile

import torch
import torchrl
from tensordict import TensorDict
from torchrl.data import LazyMemmapStorage, LazyTensorStorage, ReplayBuffer

import protocol

ROWS, STATE, ACTION, HALF, BATCHES = 100_000, 23, 7, 128, 20

torch.set_num_threads(protocol.THREADS)
FOLDER = tempfile.TemporaryDirectory()


def buffer(storage):
    rows = {"state": STATE, "action": ACTION, "next_state": STATE, "reward": 1}
    filled = ReplayBuffer(storage=storage, batch_size=HALF)
    filled.extend(TensorDict({name: torch.randn(ROWS, width) for name, width in rows.items()}, [ROWS]))
    return filled


def halves(storage):
    expert, learner = buffer(storage("expert")), buffer(storage("learner"))

    def draw():
        for _ in range(BATCHES):
            torch.cat([expert.sample(), learner.sample()])

    return draw, 2 * HALF * BATCHES


def in_files(side):
    return LazyMemmapStorage(ROWS, scratch_dir=f"{FOLDER.name}/{side}")


def in_memory(side):
    return LazyTensorStorage(ROWS)


protocol.serve(
    f"torchrl {torchrl.__version__}, torch {torch.__version__}",
    {"memmap": lambda: halves(in_files), "memory": lambda: halves(in_memory)},
)
