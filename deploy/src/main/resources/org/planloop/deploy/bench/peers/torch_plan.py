"""A whole plan of 750,000 model evaluations in PyTorch: five networks 5 -> 3 x 200 -> 8, CEM 5 x 500, horizon 15, 20 particles."""

import math

import torch

import protocol
from torch_ensemble import VERSIONS, compiled, network, weights

MEMBERS, PLANS, PARTICLES, HORIZON, ROUNDS, ELITES, STATE = 5, 500, 20, 15, 5, 50, 4
ROWS = PLANS * PARTICLES // MEMBERS

torch.set_grad_enabled(False)
PARAMETERS = weights(MEMBERS, [STATE + 1, 200, 200, 200, 2 * STATE], 0.02)


def step(states, returns, actions, parameters):
    """One step of all particles: [E, rows, 4], [E, rows], [E, rows, 1]."""
    out = network(torch.cat([states, actions], -1), parameters)
    deviation = torch.exp(0.5 * out[..., STATE:].clamp(-10, 0.5))
    states = states + out[..., :STATE] + deviation * torch.randn_like(states)
    reward = torch.cos(states[..., 2]) - 0.01 * states[..., 0] ** 2 - 0.001 * actions[..., 0] ** 2
    return states, returns + reward


def plan(step):
    start = torch.zeros(STATE)
    start[2] = math.pi
    mean = torch.zeros(HORIZON, 1)
    deviation = torch.ones(HORIZON, 1)
    for _ in range(ROUNDS):
        noise = torch.randn(HORIZON, PLANS, 1)
        plans = (mean[:, None] + deviation[:, None] * noise).clamp(-1, 1)
        rows = plans.repeat_interleave(PARTICLES // MEMBERS, 1)
        states = start.expand(MEMBERS, ROWS, STATE).contiguous()
        returns = torch.zeros(MEMBERS, ROWS)
        for t in range(HORIZON):
            states, returns = step(states, returns, rows[t].expand(MEMBERS, ROWS, 1), PARAMETERS)
        scores = returns.view(MEMBERS, PLANS, PARTICLES // MEMBERS).mean((0, 2))
        best = plans[:, scores.topk(ELITES)[1]]
        mean = 0.1 * mean + 0.9 * best.mean(1)
        deviation = (0.1 * deviation**2 + 0.9 * best.var(1, False)).sqrt()
    return mean


def eager():
    return lambda: plan(step), 1


def one_step_compiled():
    fast = compiled(step)
    return lambda: plan(fast), 1


protocol.serve(VERSIONS, {"eager": eager, "compiled": one_step_compiled})
