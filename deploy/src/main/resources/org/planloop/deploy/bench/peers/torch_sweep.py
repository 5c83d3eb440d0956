"""A planner's sweep in PyTorch: 25 steps of 400 plans through five networks 24 -> 4 x 200 -> 40, the mean taken."""

import torch

import protocol
from torch_ensemble import VERSIONS, at_precision, compiled, network, weights

MEMBERS, PLANS, HORIZON, STATE, ACTION = 5, 400, 25, 20, 4

torch.manual_seed(0)
torch.set_grad_enabled(False)
PARAMETERS = weights(MEMBERS, [STATE + ACTION, 200, 200, 200, 200, 2 * STATE], 0.02)
START = torch.randn(STATE)
ACTIONS = torch.randn(HORIZON, PLANS, ACTION)


def step(states, returns, actions, parameters):
    out = network(torch.cat([states, actions.expand(MEMBERS, PLANS, ACTION)], -1), parameters)
    states = states + out[..., :STATE]
    return states, returns + (states * states).sum(-1)


def sweep(step):
    states = START.expand(MEMBERS, PLANS, STATE)
    returns = torch.zeros(MEMBERS, PLANS)
    for t in range(HORIZON):
        states, returns = step(states, returns, ACTIONS[t : t + 1], PARAMETERS)
    return returns.mean(0)


def eager():
    return lambda: sweep(step), 1


def one_step_compiled():
    fast = compiled(step)
    return lambda: sweep(fast), 1


def medium():
    return at_precision("medium", lambda: sweep(step)), 1


protocol.serve(VERSIONS, {"eager": eager, "compiled": one_step_compiled, "medium": medium})
