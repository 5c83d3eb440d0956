"""What the PyTorch peers share: threads, weights, compilers. Written by us on PyTorch's public interface."""

import math
import os
import shutil

import torch

import protocol

torch.set_num_threads(protocol.THREADS)
VERSIONS = f"torch {torch.__version__}"


def weights(members, widths, last_scale, gradients=False):
    """[E, in, out] and [E, 1, out] in turn, one pair a layer; the last layer's weights are scaled."""
    generator = torch.Generator().manual_seed(0)
    made = []
    for layer, (fan_in, fan_out) in enumerate(zip(widths, widths[1:])):
        scale = math.sqrt(2 / fan_in) * (last_scale if layer == len(widths) - 2 else 1)
        made.append(torch.randn(members, fan_in, fan_out, generator=generator) * scale)
        made.append(torch.zeros(members, 1, fan_out))
    return [tensor.requires_grad_(gradients) for tensor in made]


def network(x, parameters):
    """[E, rows, in] -> [E, rows, out], SiLU between the layers."""
    layers = len(parameters) // 2
    for layer in range(layers):
        x = torch.baddbmm(parameters[2 * layer + 1], x, parameters[2 * layer])
        if layer < layers - 1:
            x = torch.nn.functional.silu(x)
    return x


def compiled(function):
    """torch.compile, which needs a C++ compiler on the CPU."""
    if not (os.environ.get("CXX") or shutil.which("g++") or shutil.which("clang++")):
        raise RuntimeError("torch.compile needs a C++ compiler, and there is no g++ or clang++; install one")
    return torch.compile(function, dynamic=False)


def at_precision(precision, work):
    """The same work with PyTorch's float32_matmul_precision."""

    def run():
        torch.set_float32_matmul_precision(precision)
        try:
            work()
        finally:
            torch.set_float32_matmul_precision("highest")

    return run
