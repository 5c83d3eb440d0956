"""A whole plan of mbrl-lib's PETS agent, with the settings of its cartpole notebook: 750,000 model evaluations."""

import gymnasium
import mbrl.env.reward_fns
import mbrl.env.termination_fns
import mbrl.models
import mbrl.planning
import numpy
import omegaconf
import torch

import protocol
from mbrl_models import LEAKY_RELU, VERSIONS, ensemble

STATE, ACTION, HORIZON, PARTICLES = 4, 1, 15, 20


class Spaces:
    """All that a model environment asks of an environment."""

    observation_space = gymnasium.spaces.Box(-numpy.inf, numpy.inf, (STATE,), numpy.float32)
    action_space = gymnasium.spaces.Box(-1, 1, (ACTION,), numpy.float32)


def act():
    torch.manual_seed(0)
    numpy.random.seed(0)
    model = mbrl.models.ModelEnv(
        Spaces(),
        ensemble(STATE, ACTION, 3, LEAKY_RELU, "fixed_model"),
        mbrl.env.termination_fns.cartpole,
        mbrl.env.reward_fns.cartpole,
        generator=torch.Generator().manual_seed(0),
    )
    optimizer = omegaconf.OmegaConf.create(
        {
            "_target_": "mbrl.planning.CEMOptimizer",
            "num_iterations": 5,
            "elite_ratio": 0.1,
            "population_size": 500,
            "alpha": 0.1,
            "device": "cpu",
            "lower_bound": "???",
            "upper_bound": "???",
            "return_mean_elites": True,
            "clipped_normal": False,
        }
    )
    agent = mbrl.planning.TrajectoryOptimizerAgent(
        optimizer, [-1.0] * ACTION, [1.0] * ACTION, planning_horizon=HORIZON, replan_freq=1
    )
    agent.set_trajectory_eval_fn(
        lambda state, plans: model.evaluate_action_sequences(
            plans, initial_state=state, num_particles=PARTICLES
        )
    )
    state = numpy.full(STATE, 0.01)
    return lambda: agent.act(state), 1


protocol.serve(VERSIONS, {"act": act})
