package org.planloop.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.diagnostics.Caution;
import org.planloop.fitting.FitException;
import org.planloop.replay.ReplayUnavailableException;
import org.planloop.trainer.Trainer;

class TrainerTest {
  private final ActorTestKit kit = ActorTestKit.create();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private Trainer.NoResult fitOn(Trainer.Views views) {
    Parts parts = Parts.on(TrainerTest.class.getClassLoader());
    Experiment experiment =
        new ExperimentReader(parts).read("counterexample", ExperimentReader.Overrides.NONE);
    Wiring wiring = new Wiring(experiment, parts);
    TestProbe<Trainer.Result> campaign = kit.createTestProbe();
    kit.spawn(
            Trainer.create(
                new Trainer.Surroundings(
                    "run",
                    1,
                    wiring.fitter(),
                    views,
                    Trainer.Rows.CONFIRMED,
                    wiring::synthesize,
                    wiring::initialModel,
                    Optional.empty(),
                    wiring.modelReturns(),
                    Runnable::run,
                    System::nanoTime,
                    new SimpleMeterRegistry()),
                Optional.empty()))
        .tell(
            new Trainer.Fit(
                2,
                1,
                Optional.empty(),
                0.5,
                10,
                10,
                Caution.NONE,
                Optional.empty(),
                campaign.getRef()));
    return campaign.expectMessageClass(Trainer.NoResult.class);
  }

  @Test
  void rowsThatCannotBeHadAreNoReasonToGoOnWithoutAModel() {
    Trainer.NoResult none =
        fitOn(
            (iteration, jobs) -> {
              throw new ReplayUnavailableException("replay shard 1 did not answer");
            });
    assertThat(none.failing()).isEqualTo(Trainer.Failing.REPLAY);
    assertThat(none.reason()).isEqualTo("replay shard 1 did not answer");
  }

  @Test
  void aFitThatDivergesIs() {
    Trainer.NoResult none =
        fitOn(
            (iteration, jobs) -> {
              throw new FitException("the loss is not finite");
            });
    assertThat(none.failing()).isEqualTo(Trainer.Failing.THE_FIT);
    assertThat(none.reason()).isEqualTo("the loss is not finite");
  }
}
