"""What the mbrl-lib peers share; uses mbrl-lib's public interface alone."""

import mbrl
import mbrl.models
import omegaconf
import torch

import protocol

torch.set_num_threads(protocol.THREADS)
VERSIONS = f"mbrl-lib {mbrl.__version__}, torch {torch.__version__}"
SILU = {"_target_": "torch.nn.SiLU"}
LEAKY_RELU = {"_target_": "torch.nn.LeakyReLU", "negative_slope": 0.01}


def ensemble(state, action, layers, activation, propagation):
    """Five Gaussian networks, layers x 200, of the difference between next state and state."""
    networks = mbrl.models.GaussianMLP(
        state + action,
        state,
        "cpu",
        num_layers=layers,
        ensemble_size=5,
        hid_size=200,
        propagation_method=propagation,
        activation_fn_cfg=omegaconf.OmegaConf.create(activation),
    )
    return mbrl.models.OneDTransitionRewardModel(
        networks, target_is_delta=True, normalize=True, learned_rewards=False
    )
