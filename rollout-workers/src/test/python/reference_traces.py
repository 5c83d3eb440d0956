"""Traces of the simulators that our environments must agree with: Gymnasium's pendulum and cart-pole, and MuJoCo.

    python reference_traces.py --write DIR   writes pendulum.csv, cartpole-balance.csv, cartpole-swingup.csv
    python reference_traces.py --check DIR   makes them again and fails if a number differs by more than 1e-9

Each row is one step: s* the state before, a* the action, r the reward, n* the state after, terminated.
DIR is ../resources/org/planloop/environments for the traces that the tests read.
"""

import argparse
import csv
import pathlib
import sys

import gymnasium
import mujoco
import numpy as np

# The cart-pole of PETS from its measures: capsules of density 1000, joints with damping 1, a slider that stops
# softly at 2.5 m, force 100 u, Runge-Kutta steps of 0.02 s, two a control step. The solver's tolerance is tight so
# that the stop is solved, not approximated.
SWING_UP = """
<mujoco>
  <option integrator="RK4" timestep="0.02" gravity="0 0 -9.81" tolerance="0" iterations="200"/>
  <default>
    <joint armature="0" damping="1"/>
    <geom contype="0" conaffinity="0" density="1000"/>
  </default>
  <worldbody>
    <body name="cart">
      <joint name="slider" type="slide" axis="1 0 0" limited="true" range="-2.5 2.5"/>
      <geom type="capsule" euler="0 90 0" size="0.1 0.1"/>
      <body name="pole">
        <joint name="hinge" type="hinge" axis="0 1 0" limited="false"/>
        <geom type="capsule" fromto="0 0 0 0 0 -0.6" size="0.049"/>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="slider" gear="100" ctrllimited="true" ctrlrange="-3 3"/>
  </actuator>
</mujoco>
"""


def pendulum():
    env = gymnasium.make("Pendulum-v1").unwrapped
    rng = np.random.default_rng(1)
    for episode in range(3):
        env.reset(seed=episode)
        for _ in range(60):
            state = np.array(env.state)
            action = rng.uniform(-2, 2, 1)
            _, reward, terminated, _, _ = env.step(action)
            yield state, action, float(reward), np.array(env.state), terminated


def cartpole_balance():
    env = gymnasium.make("CartPole-v1").unwrapped
    rng = np.random.default_rng(2)
    for episode in range(6):
        env.reset(seed=episode)
        terminated = False
        while not terminated:
            state = np.array(env.state)
            push = int(rng.integers(2))
            _, reward, terminated, _, _ = env.step(push)
            yield state, [2.0 * push - 1], float(reward), np.array(env.state), terminated


def cartpole_swingup():
    model = mujoco.MjModel.from_xml_string(SWING_UP)
    rng = np.random.default_rng(3)
    for bias in (0, 0, 1.0):  # the last episode is pushed against the end of the rail
        data = mujoco.MjData(model)
        data.qpos[:], data.qvel[:] = rng.normal(0, 0.1, 2), rng.normal(0, 0.1, 2)
        for _ in range(60):
            state = np.concatenate([data.qpos, data.qvel])
            action = np.clip(rng.uniform(-3, 3, 1) + bias, -3, 3)
            data.ctrl[:] = action
            for _ in range(2):
                mujoco.mj_step(model, data)
            after = np.concatenate([data.qpos, data.qvel])
            x, theta = data.qpos
            tip = np.array([x - 0.6 * np.sin(theta), -0.6 * np.cos(theta)])
            distance = np.sum((tip - [0, 0.6]) ** 2)
            yield state, action, np.exp(-distance / 0.36) - 0.01 * float(action[0]) ** 2, after, False


TRACES = {"pendulum": pendulum, "cartpole-balance": cartpole_balance, "cartpole-swingup": cartpole_swingup}


def rows(trace):
    for state, action, reward, after, terminated in trace():
        yield [float(v) for v in (*state, *action, reward, *after)] + [int(terminated)]


def header(trace):
    state, action, _, _, _ = next(trace())
    s, a = range(len(state)), range(len(action))
    return [*(f"s{i}" for i in s), *(f"a{i}" for i in a), "r", *(f"n{i}" for i in s), "terminated"]


def write(folder):
    for name, trace in TRACES.items():
        with open(folder / f"{name}.csv", "w", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(header(trace))
            out.writerows([*map(repr, row[:-1]), row[-1]] for row in rows(trace))


def check(folder):
    worst = 0.0
    for name, trace in TRACES.items():
        with open(folder / f"{name}.csv", newline="") as file:
            stored = np.array([[float(v) for v in row] for row in list(csv.reader(file))[1:]])
        fresh = np.array(list(rows(trace)))
        if stored.shape != fresh.shape:
            sys.exit(f"{name}: stored {stored.shape}, made again {fresh.shape}")
        difference = np.abs(stored - fresh).max()
        print(f"{name}: {len(fresh)} steps, largest difference {difference:.3g}")
        worst = max(worst, difference)
    if worst > 1e-9:
        sys.exit("the stored traces differ from what these versions make: write them again and run the tests")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    group = arguments.add_mutually_exclusive_group(required=True)
    group.add_argument("--write", type=pathlib.Path, metavar="DIR")
    group.add_argument("--check", type=pathlib.Path, metavar="DIR")
    chosen = arguments.parse_args()
    write(chosen.write) if chosen.write else check(chosen.check)
