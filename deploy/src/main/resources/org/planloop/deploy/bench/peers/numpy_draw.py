"""Batches of 128 + 128 rows of 54 floats out of two numpy arrays in memory, gathered into one batch."""

import numpy

import protocol

ROWS, WIDTH, HALF, BATCHES = 100_000, 54, 128, 100


def packed():
    random = numpy.random.default_rng(0)
    expert, learner = (random.standard_normal((ROWS, WIDTH), dtype=numpy.float32) for _ in range(2))
    batch = numpy.empty((2 * HALF, WIDTH), numpy.float32)

    def draw():
        for _ in range(BATCHES):
            numpy.take(expert, random.integers(0, ROWS, HALF), 0, batch[:HALF], mode="clip")
            numpy.take(learner, random.integers(0, ROWS, HALF), 0, batch[HALF:], mode="clip")

    return draw, 2 * HALF * BATCHES


protocol.serve(f"numpy {numpy.__version__}", {"packed": packed})
