"""One gradient step of an ensemble in PyTorch, on a batch that is there already: Gaussian likelihood, Adam."""

import torch

import protocol
from torch_ensemble import VERSIONS, at_precision, compiled, network, weights

MEMBERS = 5
LARGE = (20, 4, [200] * 4, 256)
SMALL = (4, 1, [64] * 2, 64)


def loss(x, y, highest, lowest, parameters):
    """Negative log likelihood with learned bounds of the log variance, as Chua et al. (2018) have it."""
    mean, log_variance = network(x, parameters).chunk(2, -1)
    log_variance = highest - torch.nn.functional.softplus(highest - log_variance)
    log_variance = lowest + torch.nn.functional.softplus(log_variance - lowest)
    likelihood = (mean - y) ** 2 * torch.exp(-log_variance) + log_variance
    return likelihood.mean((1, 2)).sum() + 0.01 * (highest.sum() - lowest.sum())


def training(shape, loss):
    """One step of torch.optim.Adam, fused over each parameter, the fastest that PyTorch has on a CPU."""
    state, action, hidden, batch = shape
    torch.manual_seed(0)
    x = torch.randn(MEMBERS, batch, state + action)
    y = torch.sin(x[..., :state])
    parameters = weights(MEMBERS, [state + action, *hidden, 2 * state], 1, gradients=True)
    highest = torch.full((state,), 0.5, requires_grad=True)
    lowest = torch.full((state,), -10.0, requires_grad=True)
    adam = torch.optim.Adam([*parameters, highest, lowest], lr=1e-3, weight_decay=5e-5, fused=True)

    def step():
        adam.zero_grad()
        loss(x, y, highest, lowest, parameters).backward()
        adam.step()

    return step


protocol.serve(
    VERSIONS,
    {
        "eager": lambda: (training(LARGE, loss), 1),
        "compiled": lambda: (training(LARGE, compiled(loss)), 1),
        "medium": lambda: (at_precision("medium", training(LARGE, loss)), 1),
        "small": lambda: (training(SMALL, loss), 1),
        "small-compiled": lambda: (training(SMALL, compiled(loss)), 1),
    },
)
