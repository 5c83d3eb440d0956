package org.planloop.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Objective;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;
import org.planloop.environments.Environments;
import org.planloop.expert.Experts;
import org.planloop.policy.Policies;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.Rescuer;
import org.planloop.protocol.RolloutJob;
import org.planloop.rollout.EnvelopeSettings.RescuerSteps;

/** On a line where the candidate goes up by one a step and the rescuer down by one. */
class SupervisedFlightTest {
  private static final PolicyDefinition UNUSED = new PolicyDefinition.RandomActions();

  private final List<TransitionBatch> own = new ArrayList<>();
  private final List<TransitionBatch> rescued = new ArrayList<>();

  private final JobRollout.ChunkSink sink =
      new JobRollout.ChunkSink() {
        @Override
        public void accept(int chunk, TransitionBatch rows) {
          own.add(rows);
        }

        @Override
        public void acceptRescued(int chunk, TransitionBatch rows) {
          rescued.add(rows);
        }
      };

  private static Environment line(double crash) {
    return Environment.simulated(
        "line",
        StateSpace.of("x"),
        ActionSpace.Box.symmetric(1, 1),
        10,
        new Objective() {
          @Override
          public double reward(double[] state, double[] action, double[] next) {
            return action[0];
          }

          @Override
          public boolean terminated(double[] state, double[] action, double[] next) {
            return next[0] > crash;
          }

          @Override
          public boolean terminationIsCrash() {
            return true;
          }
        },
        new Simulator() {
          @Override
          public int size() {
            return 1;
          }

          @Override
          public void start(double[] full, RandomStream random) {
            full[0] = 0;
          }

          @Override
          public void step(double[] full, double[] action, RandomStream random) {
            full[0] += action[0];
          }
        });
  }

  private static Policy always(double action) {
    return random ->
        (active, states, actions) -> {
          for (int slot = 0; slot < active.length; slot++) {
            if (active[slot]) {
              actions[slot] = action;
            }
          }
        };
  }

  private static EnvelopeSettings inside(double bound, int returnAfter, RescuerSteps steps) {
    return new EnvelopeSettings(
        0, List.of("x < " + bound), Double.NaN, Rescuer.EXPERT, returnAfter, steps);
  }

  private JobResult fly(double crash, double rescue, EnvelopeSettings settings, int keepRows) {
    own.clear();
    rescued.clear();
    Environment environment = line(crash);
    RolloutJob job = Counting.job(0, 1, 0, keepRows).rescuedBy(0);
    try (Supervisor supervisor = new Supervisor(settings, environment, UNUSED, always(rescue))) {
      return new JobRollout(environment, 1, 100, () -> 0)
          .fly(job, always(1), supervisor, sink, () -> false);
    }
  }

  private static int[] steps(List<TransitionBatch> rows) {
    return rows.stream().flatMapToInt(batch -> Arrays.stream(batch.steps())).toArray();
  }

  @Test
  void theRescuerFliesTheRestOfTheEpisode() {
    JobResult result = fly(99, -1, inside(2, 0, RescuerSteps.DROPPED), 0);

    // States before the steps 0 1 2 | 3 2 1 0 -1 -2 -3: three steps up, then seven down.
    assertThat(result.episodes().get(0).interventions()).isEqualTo(7);
    assertThat(result.episodes().get(0).totalReward()).isEqualTo(-4);
    assertThat(result.episodes().get(0).end()).isEqualTo(End.TRUNCATED);
    assertThat(result.steps()).isEqualTo(10);
    assertThat(result.storedRows()).isEqualTo(3);
    assertThat(steps(own)).containsExactly(0, 1, 2);
    assertThat(own.get(0).flags()).containsOnly(0);
    assertThat(rescued).isEmpty();
    assertThat(result.rescuedRows()).isZero();
  }

  @Test
  void theRescuersStepsCanBeKeptApartAndAreMarked() {
    JobResult result = fly(99, -1, inside(2, 0, RescuerSteps.EXPERT_DATA), 0);

    assertThat(result.storedRows()).isEqualTo(3);
    assertThat(result.rescuedRows()).isEqualTo(7);
    assertThat(steps(rescued)).containsExactly(3, 4, 5, 6, 7, 8, 9);
    TransitionBatch rows = rescued.get(0);
    for (byte flags : rows.flags()) {
      assertThat(flags & TransitionBatch.INTERVENTION).isNotZero();
    }
    assertThat(rows.truncated(6)).isTrue();
    assertThat(rows.actions()).containsOnly(-1);
  }

  @Test
  void theCandidateActsAgainAfterTheStatedStepsInside() {
    fly(99, -1, inside(2, 2, RescuerSteps.EXPERT_DATA), 0);

    // 0 1 2 up; 3 outside, 2 inside once: down; 1 inside twice: up, 2 up; 3 and 2 down, 1 up.
    assertThat(steps(own)).containsExactly(0, 1, 2, 5, 6, 9);
    assertThat(steps(rescued)).containsExactly(3, 4, 7, 8);
  }

  @Test
  void aCrashUnderTheRescuerCounts() {
    JobResult result = fly(4, 1, inside(2, 0, RescuerSteps.DROPPED), 0);

    assertThat(result.episodes().get(0).end()).isEqualTo(End.CRASHED);
    assertThat(result.episodes().get(0).interventions()).isEqualTo(2);
  }

  @Test
  void keptRowsAreDrawnAmongTheCandidatesOwn() {
    for (int keep = 1; keep < 6; keep++) {
      JobResult result = fly(99, -1, inside(2, 0, RescuerSteps.EXPERT_DATA), keep);
      assertThat(result.storedRows()).isEqualTo(Math.min(keep, 3));
      assertThat(steps(own)).doesNotContain(3, 4, 5, 6, 7, 8, 9);
      assertThat(result.rescuedRows()).isEqualTo(keep);
    }
  }

  @Test
  void aStartOutsideIsTheRescuersFromTheFirstStep() {
    Environment environment = line(99);
    EnvelopeSettings settings = inside(0.5, 0, RescuerSteps.DROPPED);
    double[] states = {3, 0};
    double[] actions = new double[2];
    try (Supervisor supervisor = new Supervisor(settings, environment, UNUSED, always(-1))) {
      RandomStream[] random = {new RandomStream(1), new RandomStream(2)};
      Supervisor.Flight flight = supervisor.begin(always(1).begin(random), random);
      flight.act(new boolean[] {true, true}, states, actions);

      assertThat(actions).containsExactly(-1, 1);
      assertThat(flight.rescued(0)).isTrue();
      assertThat(flight.rescued(1)).isFalse();
    }
  }

  /**
   * A rescuer that does what the candidate would have done changes nothing: delay buffers, noise
   * and a policy's count of steps go on across the change.
   */
  @Test
  void handingOverLosesNothing() {
    Environment hover = Environments.bundled().create("helicopter-hover", Map.of("delay", 2));
    double[] gain = expertsGain(hover);
    double[] varying = new double[10 * gain.length];
    for (int i = 0; i < varying.length; i++) {
      int step = i / gain.length;
      varying[i] = gain[i % gain.length] * (1 + 0.02 * step);
    }
    PolicyDefinition gainByStep = new PolicyDefinition.TimeVaryingFeedback(21, 4, 3, varying);
    for (PolicyDefinition definition :
        List.of(new PolicyDefinition.Expert("lqr", 0, Map.of()), gainByStep)) {
      Policy candidate = Policies.open(definition, hover, Experts.bundled());
      Policy rescuer = Policies.open(definition, hover, Experts.bundled());
      RolloutJob job = new RolloutJob(Purpose.COLLECT, 1, 0, 0, 1, 5, 0, 3, 0, 0);
      JobRollout rollout = new JobRollout(hover, 1, 100_000, () -> 0);
      JobResult alone = rollout.fly(job, candidate, sink, () -> false);
      for (int returnAfter : new int[] {0, 1, 4}) {
        EnvelopeSettings narrow =
            new EnvelopeSettings(
                0.1, List.of(), Double.NaN, Rescuer.EXPERT, returnAfter, RescuerSteps.DROPPED);
        try (Supervisor supervisor = new Supervisor(narrow, hover, definition, rescuer)) {
          JobResult watched =
              rollout.fly(job.rescuedBy(0), candidate, supervisor, sink, () -> false);
          for (int episode = 0; episode < 3; episode++) {
            assertThat(watched.episodes().get(episode).interventions()).isBetween(1, 399);
            assertThat(watched.episodes().get(episode).totalReward())
                .isEqualTo(alone.episodes().get(episode).totalReward());
          }
        }
      }
    }
  }

  /** Read off its actions. */
  private static double[] expertsGain(Environment hover) {
    double[] gain = new double[4 * 21];
    Policy expert = Experts.bundled().open(new PolicyDefinition.Expert("lqr", 0, Map.of()), hover);
    Policy.Session session = expert.begin(new RandomStream[] {new RandomStream(1)});
    double[] action = new double[4];
    for (int i = 0; i < 21; i++) {
      double[] state = new double[21];
      state[i] = 1e-4;
      session.act(new boolean[] {true}, state, action);
      for (int j = 0; j < 4; j++) {
        gain[j * 21 + i] = -action[j] / 1e-4;
      }
    }
    return gain;
  }

  @Test
  void theExpertRescuesWithoutItsControlNoise() {
    PolicyDefinition noisy = new PolicyDefinition.Expert("lqr", 0.3, Map.of("a", 1));

    assertThat(Supervisor.asRescuer(noisy))
        .isEqualTo(new PolicyDefinition.Expert("lqr", 0, Map.of("a", 1)));
    assertThat(Supervisor.asRescuer(UNUSED)).isEqualTo(UNUSED);
  }

  @Test
  void rescuedRowsHaveKeysOfTheirOwnOnTheExpertsSide() {
    RolloutJob job = Counting.job(0, 1, 0, 0).rescuedBy(0);

    assertThat(job.rescueKey().provenance()).isEqualTo(Provenance.EXPERT);
    assertThat(job.rescueKey()).isGreaterThan(new JobKey(Provenance.EXPERT, 1, 1_000_000, 0));
    assertThat(job.attempt(1, 1).rescuer()).isEqualTo(job.rescuer());
  }
}
