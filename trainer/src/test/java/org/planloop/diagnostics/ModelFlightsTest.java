package org.planloop.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.DynamicsModels;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Objective;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;
import org.planloop.policy.Policy;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.torch.Device;

class ModelFlightsTest {
  private static final double DISCOUNT = 0.5;

  /** Pays where it stands; beyond 4 it crashes, which costs 100 for every step that is left. */
  private static final Objective CLIFF =
      new Objective() {
        @Override
        public double reward(double[] state, double[] action, double[] next) {
          return next[0];
        }

        @Override
        public boolean terminated(double[] state, double[] action, double[] next) {
          return next[0] > 4;
        }

        @Override
        public double terminalReward(int remainingSteps) {
          return -100 * remainingSteps;
        }

        @Override
        public boolean terminationIsCrash() {
          return true;
        }
      };

  /** x moves by the action, with a start and noise in eighths, which floats hold exactly. */
  private static final Environment LINE =
      Environment.simulated(
          "line",
          StateSpace.of("x"),
          ActionSpace.Box.symmetric(1, 1),
          6,
          CLIFF,
          new Simulator() {
            @Override
            public int size() {
              return 1;
            }

            @Override
            public void start(double[] full, RandomStream random) {
              full[0] = random.nextInt(8) / 8.0;
            }

            @Override
            public void step(double[] full, double[] action, RandomStream random) {
              full[0] += action[0];
            }
          });

  /** Each step as far to the right as it may. */
  private static final Policy RIGHT =
      random ->
          (active, states, actions) -> {
            for (int g = 0; g < active.length; g++) {
              actions[g] = active[g] ? 5 : actions[g];
            }
          };

  private static RandomStream[] streams(int count) {
    return EpisodeStarts.streams(1, Purpose.DIAGNOSE, 0, 0, count, "model");
  }

  private static List<EpisodeResult> fly(
      Environment environment, ModelParameters parameters, int maxSteps, double... starts) {
    try (DynamicsModel model = DynamicsModels.open(parameters, environment, 1, Device.CPU)) {
      return new ModelFlights(environment, DISCOUNT)
          .fly(RIGHT, model, starts, maxSteps, streams(starts.length), streams(starts.length));
    }
  }

  @Test
  void aFlightInALinearModelPaysWhatPaperSays() {
    ModelParameters.Linear drifts =
        new ModelParameters.Linear(1, 1, new double[] {1}, new double[] {0.5});
    // The action 5 is clipped to 1, so x moves by 1/2: 1/2, 1, 3/2, each half the weight.
    List<EpisodeResult> flights = fly(LINE, drifts, 3, 0, -2);
    assertThat(flights.get(0)).isEqualTo(new EpisodeResult(0, 1.375, 3, End.CUT, "", 0));
    assertThat(flights.get(1).totalReward()).isEqualTo(-1.5 - 0.5 - 0.125);
    assertThat(fly(LINE, drifts, 6, 0).get(0).end()).isEqualTo(End.TRUNCATED);
  }

  @Test
  void aCrashPaysForTheStepsOfTheEnvironmentThatAreLeft() {
    ModelParameters.Linear runs =
        new ModelParameters.Linear(1, 1, new double[] {1}, new double[] {3});
    // 3, then 6 beyond the cliff in the second of six steps; the limit of three changes nothing.
    assertThat(fly(LINE, runs, 3, 0).get(0))
        .isEqualTo(new EpisodeResult(0, 3 + 0.5 * (6 - 400), 2, End.CRASHED, "", 0));
  }

  @Test
  void theTruthFliesAsTheEnvironmentDoes() {
    double[] starts = EpisodeStarts.of(LINE, 7, Purpose.DIAGNOSE, 2, 3, 4);
    List<EpisodeResult> flights = fly(LINE, new ModelParameters.Truth(), 6, starts);
    for (int episode = 0; episode < 4; episode++) {
      try (VectorEnvironment copy = LINE.open(1)) {
        copy.reset(0, RandomStream.of(7, Purpose.DIAGNOSE, 2, 3 + episode, "environment"));
        assertThat(starts[episode]).isEqualTo(copy.states()[0]);
        StepResult result = new StepResult(1, 1);
        double total = 0;
        double weight = 1;
        int steps = 0;
        do {
          copy.step(new boolean[] {true}, new double[] {5}, result);
          total += weight * result.rewards[0];
          weight *= DISCOUNT;
          steps++;
        } while (!result.terminated[0] && !result.truncated[0]);
        assertThat(flights.get(episode).totalReward()).isEqualTo(total);
        assertThat(flights.get(episode).steps()).isEqualTo(steps);
        assertThat(flights.get(episode).end())
            .isEqualTo(result.terminated[0] ? End.CRASHED : End.TRUNCATED);
      }
    }
  }

  @Test
  void aFlightDoesNotDependOnItsNeighbours() {
    ModelParameters.Linear runs =
        new ModelParameters.Linear(1, 1, new double[] {1}, new double[] {1});
    List<EpisodeResult> together = fly(LINE, runs, 6, -9, 4, 0);
    assertThat(together.get(0)).isEqualTo(fly(LINE, runs, 6, -9).get(0));
    assertThat(together.get(2).totalReward()).isEqualTo(fly(LINE, runs, 6, 0).get(0).totalReward());
    assertThat(together.get(1).steps()).isEqualTo(1);
  }

  @Test
  void aModelThatDivergesFailsWithWhatWasPaidSoFar() {
    ModelParameters.Linear explodes =
        new ModelParameters.Linear(1, 1, new double[] {-1e30}, new double[] {1});
    EpisodeResult flight = fly(LINE, explodes, 6, 1).get(0);
    assertThat(flight.end()).isEqualTo(End.FAILED);
    assertThat(flight.failure()).contains("diverges at step 2");
    assertThat(flight.steps()).isEqualTo(1);
    assertThat(flight.totalReward()).isCloseTo(-1e30, within(1e24));
  }

  @Test
  void aFiniteModelIsFlownByItsProbabilities() {
    Environment chain =
        Environment.simulated(
            "chain",
            StateSpace.index("place"),
            new ActionSpace.Discrete(1),
            50,
            new Objective() {
              @Override
              public double reward(double[] state, double[] action, double[] next) {
                return 1;
              }

              @Override
              public boolean terminated(double[] state, double[] action, double[] next) {
                return next[0] == 1;
              }
            },
            new Simulator() {
              @Override
              public int size() {
                return 1;
              }

              @Override
              public void start(double[] full, RandomStream random) {}

              @Override
              public void step(double[] full, double[] action, RandomStream random) {}
            });
    ModelParameters.Tabular stays =
        new ModelParameters.Tabular(2, 1, new double[] {0.5, 0.5, 0, 1});
    double mean =
        fly(chain, stays, 50, new double[20_000]).stream()
            .mapToDouble(EpisodeResult::totalReward)
            .average()
            .orElseThrow();
    // Sum over t of (discount / 2)^t = 4/3; the standard error of the mean is below 0.003.
    assertThat(mean).isCloseTo(4.0 / 3, within(0.012));
  }

  @Test
  void learnedRewardAndTerminationStandInForTheObjective() {
    try (DynamicsModel learned = new Learned(2, 1)) {
      List<EpisodeResult> flights =
          new ModelFlights(LINE, DISCOUNT)
              .fly(RIGHT, learned, new double[] {0}, 6, streams(1), streams(1));
      assertThat(flights).containsExactly(new EpisodeResult(0, 2, 1, End.CRASHED, "", 0));
    }
    try (DynamicsModel learned = new Learned(2, 0)) {
      List<EpisodeResult> flights =
          new ModelFlights(LINE, DISCOUNT)
              .fly(RIGHT, learned, new double[] {0}, 2, streams(1), streams(1));
      assertThat(flights).containsExactly(new EpisodeResult(0, 3, 2, End.CUT, "", 0));
    }
  }

  @Test
  void shapesMustFit() {
    assertThatThrownBy(
            () -> {
              try (DynamicsModel model = new Learned(0, 0)) {
                new ModelFlights(LINE, 1)
                    .fly(RIGHT, model, new double[3], 6, streams(2), streams(2));
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("starts: 3, expected 2");
  }

  /** Stays where it is, with a constant reward and probability of ending. */
  private record Learned(float reward, float termination) implements DynamicsModel {
    @Override
    public int stateSize() {
      return 1;
    }

    @Override
    public int actionSize() {
      return 1;
    }

    @Override
    public Rollouts rollout(RolloutRequest request) {
      return new Rollouts(
          request.starts().clone(), new float[] {reward}, new float[] {termination});
    }

    @Override
    public void close() {}
  }
}
