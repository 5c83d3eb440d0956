package org.planloop.deploy.bench.peers;

import static org.planloop.deploy.bench.peers.Peer.Threads.ALL;
import static org.planloop.deploy.bench.peers.Peer.Threads.ONE;

import java.util.List;

/** Which peer stands beside which figure: one line each. */
public final class Peers {
  private static final String PLAN = "torch_plan.py";
  private static final String SWEEP = "torch_sweep.py";
  private static final String STEP = "torch_step.py";
  private static final String EAGER = "PyTorch eager";
  private static final String COMPILED = "PyTorch compiled";
  private static final String MEDIUM = "PyTorch eager at 'medium' precision";

  private static final String SMALL = "step-5x2x64-batch-64";
  private static final String LARGE = "step-5x4x200-batch-256";
  private static final String SWEEPS = "sweep-25x400x5-";
  private static final String BF16 = "-bf16";
  private static final String ALL_CORES = "-all-cores";

  private static final List<Peer> ALL_PEERS =
      List.of(
          new Peer(
              "rollouts", "stepping-pendulum", "Gymnasium", "gymnasium_pendulum.py", "sync", ONE),
          new Peer("rollouts", "stepping-pendulum", "EnvPool", "envpool_pendulum.py", "sync", ONE),
          new Peer(
              "rollouts",
              "stepping-pendulum",
              "EnvPool async",
              "envpool_pendulum.py",
              "async",
              ALL),
          new Peer(
              "replay",
              "replay-out-half-and-half",
              "numpy packed rows",
              "numpy_draw.py",
              "packed",
              ONE),
          new Peer(
              "replay",
              "replay-out-half-and-half",
              "TorchRL memmap",
              "torchrl_draw.py",
              "memmap",
              ONE),
          new Peer(
              "replay",
              "replay-out-half-and-half",
              "TorchRL in memory",
              "torchrl_draw.py",
              "memory",
              ONE),
          new Peer(
              "fitting", "draw-half-and-half", "numpy packed rows", "numpy_draw.py", "packed", ONE),
          new Peer(
              "fitting",
              "draw-half-and-half",
              "TorchRL in memory",
              "torchrl_draw.py",
              "memory",
              ONE),
          new Peer("fitting", SMALL, EAGER, STEP, "small", ONE),
          new Peer("fitting", SMALL, COMPILED, STEP, "small-compiled", ONE),
          new Peer("fitting", SMALL + ALL_CORES, EAGER, STEP, "small", ALL),
          new Peer("fitting", SMALL + ALL_CORES, COMPILED, STEP, "small-compiled", ALL),
          new Peer("fitting", LARGE, EAGER, STEP, "eager", ONE),
          new Peer("fitting", LARGE, COMPILED, STEP, "compiled", ONE),
          new Peer("fitting", LARGE, "mbrl-lib", "mbrl_step.py", "update", ONE),
          new Peer("fitting", LARGE + BF16, MEDIUM, STEP, "medium", ONE),
          new Peer("fitting", LARGE + ALL_CORES, EAGER, STEP, "eager", ALL),
          new Peer("fitting", LARGE + ALL_CORES, COMPILED, STEP, "compiled", ALL),
          new Peer("fitting", LARGE + ALL_CORES, "mbrl-lib", "mbrl_step.py", "update", ALL),
          new Peer("fitting", LARGE + BF16 + ALL_CORES, MEDIUM, STEP, "medium", ALL),
          new Peer("linear", "lqr-600x21", "numpy and scipy", "lqr.py", "lqr", ONE),
          new Peer("linear", "ilqr-600x21", "numpy and scipy", "lqr.py", "ilqr", ONE),
          new Peer("planning", "plan-750k-one-thread", "mbrl-lib", "mbrl_plan.py", "act", ONE),
          new Peer("planning", "plan-750k-one-thread", EAGER, PLAN, "eager", ONE),
          new Peer("planning", "plan-750k-one-thread", COMPILED, PLAN, "compiled", ONE),
          new Peer("planning", "plan-750k-all-cores", "mbrl-lib", "mbrl_plan.py", "act", ALL),
          new Peer("planning", "plan-750k-all-cores", EAGER, PLAN, "eager", ALL),
          new Peer("planning", "plan-750k-all-cores", COMPILED, PLAN, "compiled", ALL),
          new Peer("planning", "plan-750k-bf16-all-cores", "mbrl-lib", "mbrl_plan.py", "act", ALL),
          new Peer("planning", SWEEPS + "one-thread", EAGER, SWEEP, "eager", ONE),
          new Peer("planning", SWEEPS + "one-thread", COMPILED, SWEEP, "compiled", ONE),
          new Peer("planning", SWEEPS + "bf16-one-thread", MEDIUM, SWEEP, "medium", ONE),
          new Peer("planning", SWEEPS + "all-cores", EAGER, SWEEP, "eager", ALL),
          new Peer("planning", SWEEPS + "all-cores", COMPILED, SWEEP, "compiled", ALL),
          new Peer("planning", SWEEPS + "bf16-all-cores", MEDIUM, SWEEP, "medium", ALL));

  private Peers() {}

  /** All of them. */
  public static List<Peer> all() {
    return ALL_PEERS;
  }

  /** Those that stand beside figures of a benchmark. */
  public static List<Peer> of(String benchmark) {
    return ALL_PEERS.stream().filter(peer -> peer.benchmark().equals(benchmark)).toList();
  }
}
