"""Sixteen pendulums stepped by Gymnasium on one thread, with random actions drawn beforehand."""

import gymnasium
import numpy

import protocol

COPIES, STEPS = 16, 200


def sync():
    copies = gymnasium.vector.SyncVectorEnv([lambda: gymnasium.make("Pendulum-v1")] * COPIES)
    actions = numpy.random.default_rng(0).uniform(-2, 2, (STEPS, COPIES, 1)).astype(numpy.float32)
    copies.reset(seed=0)

    def fly():
        for action in actions:
            copies.step(action)

    return fly, COPIES * STEPS


protocol.serve(f"gymnasium {gymnasium.__version__}", {"sync": sync})
