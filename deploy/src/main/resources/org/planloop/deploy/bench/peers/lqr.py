"""Finite-horizon LQR and iLQR with numpy and scipy: 600 steps, 21 states, 4 actions.

Both solve the linear systems of 4 equations in the faster of two ways, numpy.linalg.solve or scipy's
Cholesky factors, which is found out first. The problem is VaryingSystem's: see `problem`.
"""

import os
import sys
import time

# OpenBLAS reads this when numpy is loaded; PyTorch's peers are told in another way.
os.environ["OPENBLAS_NUM_THREADS"] = sys.argv[1]

import numpy as np
import scipy
from scipy.linalg import cho_factor, cho_solve

import protocol

STATES, ACTIONS, STEPS = 21, 4, 600


def problem():
    """Jacobians of every step, weights and start; the first step's are the time-invariant system."""
    t = np.arange(STEPS)[:, None, None]
    i = np.arange(STATES)[None, :, None]
    j = np.arange(STATES)[None, None, :]
    k = np.arange(ACTIONS)[None, None, :]
    a = np.where(i == j, 1.0, 0.0) + 0.01 * np.sin(1.0 + 7.0 * i + 3.0 * j + 0.1 * t)
    b = 0.1 * np.cos(2.0 + 5.0 * i + 11.0 * k + 0.1 * t)
    q = 1.0 + 0.05 * np.arange(STATES)
    r = 0.5 + 0.1 * np.arange(ACTIONS)
    start = np.cos(np.arange(STATES))
    return np.ascontiguousarray(a), np.ascontiguousarray(b), q, r, start


def with_solve(matrix, right):
    return np.linalg.solve(matrix, right)


def with_cholesky(matrix, right):
    factor = cho_factor(matrix, check_finite=False)
    return cho_solve(factor, right, check_finite=False)


def lqr(a, b, q, r, solve):
    """The gains of all steps, the last state weighted as well."""
    weights, actions = np.diag(q), np.diag(r)
    p = weights.copy()
    gains = np.empty((STEPS, ACTIONS, STATES))
    for t in range(STEPS - 1, -1, -1):
        bp = b.T @ p
        gain = solve(actions + bp @ b, bp @ a)
        gains[t] = gain
        p = weights + a.T @ p @ (a - b @ gain)
        p = 0.5 * (p + p.T)
    return gains


def backward(a, b, q, r, x, u, solve):
    """Feedback and feedforward about a trajectory, target 0."""
    weights, actions = np.diag(q), np.diag(r)
    p = weights.copy()
    gradient = q * x[STEPS]
    gains = np.empty((STEPS, ACTIONS, STATES))
    feedforward = np.empty((STEPS, ACTIONS))
    decrease = 0.0
    right = np.empty((ACTIONS, STATES + 1))
    for t in range(STEPS - 1, -1, -1):
        at, bt = a[t], b[t]
        bp = bt.T @ p
        action_gradient = r * u[t] + bt.T @ gradient
        right[:, :STATES] = bp @ at
        right[:, STATES] = action_gradient
        solved = solve(actions + bp @ bt, right)
        gain = solved[:, :STATES]
        step = solved[:, STATES]
        gains[t] = gain
        feedforward[t] = step
        decrease += action_gradient @ step
        gradient = q * x[t] + at.T @ gradient - gain.T @ action_gradient
        p = weights + at.T @ p @ (at - bt @ gain)
        p = 0.5 * (p + p.T)
    return gains, feedforward, decrease


def forward(a, b, q, r, start, x, u, gains, feedforward):
    """The feedback flown in the linear system, and its cost."""
    flown, done = np.empty_like(x), np.empty_like(u)
    flown[0] = start
    for t in range(STEPS):
        done[t] = u[t] - feedforward[t] - gains[t] @ (flown[t] - x[t])
        flown[t + 1] = a[t] @ flown[t] + b[t] @ done[t]
    cost = np.sum(r * done * done) + np.sum(q * flown[1:] * flown[1:])
    return flown, done, cost


def roll_out(a, b, start, u):
    x = np.empty((STEPS + 1, STATES))
    x[0] = start
    for t in range(STEPS):
        x[t + 1] = a[t] @ x[t] + b[t] @ u[t]
    return x


def fastest(a, b, q, r):
    """Of the two ways to solve, the one with the quicker recursion of three."""
    ways = {}
    for way in (with_solve, with_cholesky):
        for _ in range(3):
            before = time.perf_counter()
            lqr(a[0], b[0], q, r, way)
            ways[way] = min(ways.get(way, float("inf")), time.perf_counter() - before)
    return min(ways, key=ways.get)


def finite_horizon():
    a, b, q, r, _ = problem()
    solve = fastest(a, b, q, r)
    return lambda: lqr(a[0], b[0], q, r, solve), 1


def iteration():
    """From no actions: fly, one step of iLQR, and the feedback about what it leads to."""
    a, b, q, r, start = problem()
    solve = fastest(a, b, q, r)

    def once():
        u = np.zeros((STEPS, ACTIONS))
        x = roll_out(a, b, start, u)
        gains, feedforward, _ = backward(a, b, q, r, x, u, solve)
        x, u, _ = forward(a, b, q, r, start, x, u, gains, feedforward)
        backward(a, b, q, r, x, u, solve)

    return once, 1


versions = f"numpy {np.__version__}, scipy {scipy.__version__}"
protocol.serve(versions, {"lqr": finite_horizon, "ilqr": iteration})
