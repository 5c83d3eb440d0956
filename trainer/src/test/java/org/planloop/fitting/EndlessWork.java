package org.planloop.fitting;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.DynamicsSettings;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.NeuralEnsembleModel;
import org.planloop.dynamics.Propagation;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.StateSpace;
import org.planloop.planning.PlanMemory;
import org.planloop.planning.Planner;
import org.planloop.planning.PlannerSettings;
import org.planloop.planning.Planners;
import org.planloop.planning.PlanningProblem;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;
import org.planloop.torch.SharedFloats;
import org.planloop.torch.TorchScript;
import org.planloop.torch.TorchSession;

/**
 * A process that works on the native side for long and says how much memory it lives in: after a
 * tenth of the work, and at the end. Everything is as small as can be, so that what a call leaves
 * behind is not hidden by what it needs.
 */
final class EndlessWork {
  /** Models that are opened and closed; a tenth of them is the warm-up. */
  private static final int ROUNDS = 20;

  private EndlessWork() {}

  /**
   * @param arguments {@code plans}, {@code steps} or {@code leak}, and how often in all
   */
  public static void main(String[] arguments) throws IOException {
    int each = Integer.parseInt(arguments[1]) / ROUNDS;
    IntConsumer work =
        switch (arguments[0]) {
          case "plans" -> plans();
          case "steps" -> steps();
          default -> leak();
        };
    for (int round = 0; round < ROUNDS; round++) {
      work.accept(each);
      if (round == ROUNDS / 10 - 1) {
        say();
      }
    }
    say();
  }

  private static void say() throws IOException {
    System.gc();
    System.out.println(
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum());
  }

  private static EnsembleFitter fitter(int steps) {
    return new EnsembleFitter(
        StateSpace.of("x", "theta~"),
        1,
        new DynamicsSettings(
            DynamicsSettings.Kind.ENSEMBLE,
            2,
            0,
            List.of(2),
            DynamicsSettings.Loss.GAUSSIAN_NLL,
            true,
            true,
            "",
            "",
            0,
            0),
        new TrainerSettings(
            2,
            steps,
            0,
            1e-3,
            1e-3,
            0,
            TrainerSettings.Start.COLD,
            TrainerSettings.Draw.INDEPENDENT,
            0.2,
            0,
            0,
            1,
            Device.CPU,
            Precision.FP32));
  }

  private static Fitted fit(int steps) {
    MemoryReplay data =
        new MemoryReplay(
            Transitions.random(20, 2, 1, 1, 5, Transitions::linear),
            Transitions.random(20, 2, 1, -1, 6, Transitions::linear));
    return fitter(steps).fit(data, 0.5, Optional.empty(), new RandomStream(8));
  }

  private static IntConsumer steps() {
    return EndlessWork::fit;
  }

  private static IntConsumer plans() {
    ModelParameters.Ensemble model = (ModelParameters.Ensemble) fit(1).model();
    Planner planner =
        Planners.create(
            new PlannerSettings(
                PlannerSettings.Kind.CEM,
                1,
                2,
                1,
                1,
                0,
                1,
                0,
                0.5,
                0.1,
                PlannerSettings.Execute.BEST,
                1,
                2,
                Propagation.TS1,
                true,
                0,
                1,
                Device.CPU,
                Precision.FP32));
    PlanMemory[] memories = {new PlanMemory()};
    RandomStream[] random = {new RandomStream(3)};
    double[] actions = new double[1];
    return times -> {
      try (NeuralEnsembleModel opened = new NeuralEnsembleModel(model, 1, Device.CPU)) {
        PlanningProblem problem =
            new PlanningProblem(
                opened,
                (state, action, next) -> next[0],
                ActionSpace.Box.symmetric(1, 1),
                1,
                1,
                new float[2]);
        for (int i = 0; i < times; i++) {
          planner.plan(problem, memories, random, actions);
        }
      }
    };
  }

  /** Forgets to free the smallest thing that a call can make, a list with a tensor of one float. */
  private static IntConsumer leak() {
    TorchSession session =
        new TorchScript(
                "leak",
                """
                  def make(self, x : Tensor) -> List[Tensor]:
                    return [x.clone()]
                """)
            .open(Device.CPU, 1);
    SharedFloats x = session.floats(1);
    return times -> {
      for (int i = 0; i < times; i++) {
        session.create("make", x);
      }
    };
  }
}
