package org.planloop.deploy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.planloop.deploy.config.ExperimentReader.Overrides;

/** Every key there is, each with a value that is not its default. */
class ConfigurationKeysTest {
  private static final String OTHER_VALUES =
      """
      name=other
      seed=-3
      strategy=MIXED
      expert-fraction=0.3
      discount=0.99
      environment.name=pendulum
      expert.kind=recorded
      expert.episodes=2
      expert.each-iteration=false
      expert.rows=0
      expert.file=flights/one #2.h5
      expert.control-noise=0.25
      dynamics.kind=linear
      dynamics.members=7
      dynamics.elites=3
      dynamics.hidden=[10, 20, 30]
      dynamics.loss=GAUSSIAN_NLL
      dynamics.learn-reward=true
      dynamics.learn-termination=yes
      dynamics.initial=M2
      dynamics.completion=optimistic
      dynamics.ridge=1e-5
      dynamics.time-ridge=7
      planner.kind=random_shooting
      planner.horizon=21
      planner.population=100
      planner.rounds=5
      planner.elites=20
      planner.keep=4
      planner.decay=1.3
      planner.color-exponent=3
      planner.initial-std=0.7
      planner.momentum=0.2
      planner.execute=mean
      planner.temperature=0.2
      planner.particles=20
      planner.propagation=TS_infinity
      planner.sampled-noise=true
      planner.disagreement=0.5
      planner.threads=2
      planner.device=CPU
      planner.precision=BF16
      trainer.batch-size=65
      trainer.steps=10
      trainer.learning-rate=0.01
      trainer.final-learning-rate=0.001
      trainer.weight-decay=0.5
      trainer.start=WARM
      trainer.draw=bootstrap
      trainer.validation=0.2
      trainer.patience=7
      trainer.restarts=4
      trainer.threads=2
      trainer.device=gpu:1
      trainer.warm-steps=700
      trainer.precision=bf16
      campaign.iterations=3
      campaign.steps-per-iteration=0
      campaign.episodes-per-iteration=2
      campaign.rows-per-iteration=0
      campaign.first-policy=random
      campaign.stop-at-return=12.5
      campaign.max-wall=90 s
      campaign.keep-iterations=5
      campaign.mode=Asynchronous
      campaign.samples-per-insert=12.5
      campaign.limiter-tolerance=0.5
      campaign.max-staleness=3
      campaign.jobs-ahead=17
      evaluation.episodes=30
      evaluation.confirm-episodes=40
      evaluation.first-episodes=3
      rollout.workers=3
      rollout.environments-per-job=5
      rollout.chunk-rows=256
      rollout.supervision=none
      rollout.envelope.fraction=0.25
      rollout.envelope.limits=["x < 2", "x_dot, theta_dot < 9.5"]
      rollout.envelope.disagreement=0.7
      rollout.envelope.rescuer=last-accepted
      rollout.envelope.return-after=12
      rollout.envelope.rescuer-steps=dropped
      preflight.kind=none
      preflight.episodes=3
      preflight.members=9
      preflight.max-crashes=0.4
      preflight.min-return=-12.5
      preflight.environment=
      replay.path=/data/replay
      replay.capacity=1000000
      replay.shards=2
      replay.segment-bytes=8192
      diagnostics.performance-difference=on
      diagnostics.episodes=4
      diagnostics.alarm=expert-share
      """;

  private final ExperimentReader reader =
      new ExperimentReader(Parts.on(ConfigurationKeysTest.class.getClassLoader()));

  private static Map<String, String> others() {
    Map<String, String> result = new LinkedHashMap<>();
    OTHER_VALUES.lines().forEach(line -> result.put(line.split("=", 2)[0], line.split("=", 2)[1]));
    return result;
  }

  private Experiment other() {
    return reader.read(
        "cartpole-swingup",
        new Overrides(OTHER_VALUES.lines().toList(), OptionalLong.empty(), Optional.empty()));
  }

  @Test
  void theTableHasEveryKey() {
    assertThat(new TreeSet<>(others().keySet())).isEqualTo(new TreeSet<>(Defaults.paths()));
  }

  @Test
  void referenceConfHasEveryKeyAndNoOther() {
    assertThat(new TreeSet<>(Defaults.leaves())).isEqualTo(new TreeSet<>(Defaults.paths()));
  }

  @Test
  void everyKeyHasAMeaning() {
    assertThat(Defaults.paths())
        .allSatisfy(path -> assertThat(Defaults.meaning(path)).isNotBlank());
  }

  @Test
  void everyKeyReadsBackEqual() {
    Experiment experiment = other();

    assertThat(reader.readText(ExperimentWriter.render(experiment), "x")).isEqualTo(experiment);
  }

  @Test
  void everyKeyArrivesAtItsPlace() {
    Map<String, String> written = ExperimentWriter.values(other());
    Map<String, String> unset =
        ExperimentWriter.values(
            reader.readText("environment.name = pendulum, strategy = LEARNER_ONLY", "unset"));

    assertThat(written.keySet()).containsAll(Defaults.paths());
    List<String> cannotDiffer =
        List.of(
            "strategy",
            "environment.name",
            "expert.each-iteration",
            "expert.rows",
            "campaign.rows-per-iteration",
            "rollout.supervision",
            "rollout.envelope.rescuer-steps",
            "preflight.kind",
            "preflight.environment");
    for (String path : Defaults.paths()) {
      if (!cannotDiffer.contains(path) && !path.equals("campaign.first-policy")) {
        assertThat(written.get(path)).as(path).isNotEqualTo(unset.get(path));
      }
    }
    assertThat(written)
        .containsEntry("expert.file", "\"flights/one #2.h5\"")
        .containsEntry("dynamics.ridge", "0.00001")
        .containsEntry("planner.propagation", "ts-infinity")
        .containsEntry("campaign.max-wall", "90 s")
        .containsEntry("seed", "-3");
  }

  @Test
  void nearestFindsSlipsOfTheFinger() {
    List<String> words = List.of("planner.horizon", "trainer.steps", "seed");

    assertThat(Nearest.to("planner.hroizon", words)).contains("planner.horizon");
    assertThat(Nearest.to("SEDE", words)).contains("seed");
    assertThat(Nearest.to("steps", words)).contains("trainer.steps");
    assertThat(Nearest.to("cart", List.of("card-game-of-old", "cart-pole-swing", "grid")))
        .contains("cart-pole-swing");
    assertThat(Nearest.to("entirely.different.thing", words)).isEmpty();
    assertThat(Nearest.distance("ab", "ba")).isEqualTo(1);
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
  }
}
