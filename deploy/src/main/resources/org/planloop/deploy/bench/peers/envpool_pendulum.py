"""Sixteen pendulums stepped by EnvPool, with random actions drawn beforehand: all at once, or whichever are ready."""

import envpool
import numpy

import protocol

COPIES, STEPS = 16, 200


def actions(copies):
    return numpy.random.default_rng(0).uniform(-2, 2, (STEPS, copies, 1)).astype(numpy.float32)


def sync():
    copies = envpool.make(
        "Pendulum-v1", env_type="gymnasium", num_envs=COPIES, num_threads=protocol.THREADS, seed=0
    )
    drawn = actions(COPIES)
    copies.reset()

    def fly():
        for action in drawn:
            copies.step(action)

    return fly, COPIES * STEPS


def asynchronous():
    """EnvPool's fastest way: twice as many environments as are waited for."""
    copies = envpool.make(
        "Pendulum-v1",
        env_type="gymnasium",
        num_envs=4 * COPIES,
        batch_size=2 * COPIES,
        num_threads=protocol.THREADS,
        seed=0,
    )
    drawn = actions(2 * COPIES)
    copies.async_reset()

    def fly():
        for action in drawn:
            ready = copies.recv()
            copies.send(action, ready[-1]["env_id"])

    return fly, 2 * COPIES * STEPS


protocol.serve(f"envpool {envpool.__version__}", {"sync": sync, "async": asynchronous})
