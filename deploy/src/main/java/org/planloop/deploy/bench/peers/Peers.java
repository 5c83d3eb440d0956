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
          new Peer("fitting", "step-5x2x64-batch-64", EAGER, STEP, "small", ONE),
          new Peer("fitting", "step-5x2x64-batch-64", COMPILED, STEP, "small-compiled", ONE),
          new Peer("fitting", "step-5x4x200-batch-256", EAGER, STEP, "eager", ONE),
          new Peer("fitting", "step-5x4x200-batch-256", EAGER, STEP, "eager", ALL),
          new Peer("fitting", "step-5x4x200-batch-256", COMPILED, STEP, "compiled", ONE),
          new Peer("fitting", "step-5x4x200-batch-256", COMPILED, STEP, "compiled", ALL),
          new Peer("fitting", "step-5x4x200-batch-256", MEDIUM, STEP, "medium", ONE),
          new Peer("fitting", "step-5x4x200-batch-256", MEDIUM, STEP, "medium", ALL),
          new Peer("fitting", "step-5x4x200-batch-256", "mbrl-lib", "mbrl_step.py", "update", ONE),
          new Peer("fitting", "step-5x4x200-batch-256", "mbrl-lib", "mbrl_step.py", "update", ALL),
          new Peer("planning", "plan-750k-one-thread", "mbrl-lib", "mbrl_plan.py", "act", ONE),
          new Peer("planning", "plan-750k-one-thread", EAGER, PLAN, "eager", ONE),
          new Peer("planning", "plan-750k-one-thread", COMPILED, PLAN, "compiled", ONE),
          new Peer("planning", "plan-750k-all-cores", "mbrl-lib", "mbrl_plan.py", "act", ALL),
          new Peer("planning", "plan-750k-all-cores", EAGER, PLAN, "eager", ALL),
          new Peer("planning", "plan-750k-all-cores", COMPILED, PLAN, "compiled", ALL),
          new Peer("planning", "sweep-25x400x5-one-thread", EAGER, SWEEP, "eager", ONE),
          new Peer("planning", "sweep-25x400x5-one-thread", COMPILED, SWEEP, "compiled", ONE),
          new Peer("planning", "sweep-25x400x5-one-thread", MEDIUM, SWEEP, "medium", ONE));

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
