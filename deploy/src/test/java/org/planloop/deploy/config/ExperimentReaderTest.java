package org.planloop.deploy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.planloop.campaign.CampaignSettings.FirstPolicy;
import org.planloop.campaign.Strategy;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.ExperimentReader.Overrides;
import org.planloop.planning.PlannerSettings;

class ExperimentReaderTest {
  @TempDir Path folder;

  private final ExperimentReader reader =
      new ExperimentReader(Parts.on(ExperimentReaderTest.class.getClassLoader()));

  private Experiment read(String name, String... settings) {
    return reader.read(
        name, new Overrides(List.of(settings), OptionalLong.empty(), Optional.empty()));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("mine.conf"), text);
  }

  static List<String> bundled() {
    return Experiments.bundled();
  }

  @ParameterizedTest
  @MethodSource("bundled")
  void theRenderedConfigurationReadsBackEqual(String name) {
    for (Strategy strategy : Strategy.values()) {
      Experiment experiment =
          reader.read(name, new Overrides(List.of(), OptionalLong.of(7), Optional.of(strategy)));

      Experiment again = reader.readText(ExperimentWriter.render(experiment), "other");

      assertThat(again).isEqualTo(experiment);
      assertThat(ExperimentWriter.fingerprint(again))
          .isEqualTo(ExperimentWriter.fingerprint(experiment));
    }
  }

  @Test
  void supervisionAndPreflightAreReadAndWrittenBack() {
    Experiment experiment =
        read(
            "helicopter-hover",
            "rollout.supervision=envelope",
            "rollout.envelope.fraction=0.3",
            "rollout.envelope.limits=[\"north, east < 4\"]",
            "preflight.kind=simulator",
            "preflight.environment=helicopter-hover",
            "preflight.options.delay=3");

    assertThat(experiment.rollout().supervised()).isTrue();
    assertThat(experiment.rollout().envelope().limits()).containsExactly("north, east < 4");
    assertThat(experiment.preflight().options()).containsEntry("delay", 3);
    assertThat(reader.readText(ExperimentWriter.render(experiment), "other")).isEqualTo(experiment);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "helicopter-hover|rollout.envelope.limits=[\"nroth < 4\"]|nroth",
        "helicopter-hover|rollout.envelope.fraction=0|limits nothing",
        "helicopter-hover|rollout.envelope.disagreement=1|needs dynamics.kind = ensemble",
        "helicopter-hover|strategy=LEARNER_ONLY|expert.kind = none",
        "pendulum|expert.kind=mpc|states no limits",
        "helicopter-hover|preflight.environment=pendulum|must be empty",
        "helicopter-hover|preflight.options.delay=1|unknown key preflight.options.delay"
      })
  void whatCannotBeSupervisedIsRefused(String name, String setting, String message) {
    assertThatThrownBy(() -> read(name, "rollout.supervision=envelope", setting))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aSecondSimulatorMustBeOfTheSameKind() {
    assertThatThrownBy(
            () ->
                read(
                    "helicopter-hover",
                    "preflight.kind=simulator",
                    "preflight.environment=pendulum"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("must have the states and actions of environment helicopter-hover");
    assertThatThrownBy(
            () ->
                read(
                    "helicopter-hover",
                    "preflight.kind=simulator",
                    "preflight.environment=helicopter-huver"))
        .hasMessageContaining("preflight.environment = helicopter-huver")
        .hasMessageContaining("helicopter-hover");
  }

  @ParameterizedTest
  @MethodSource("bundled")
  void everyBundledExperimentSaysWhatItIs(String name) {
    assertThat(Experiments.summary(name)).isNotBlank().hasSizeLessThan(200);
  }

  @Test
  void theSwingUpIsTheReferenceStudy() {
    Experiment experiment = read("cartpole-swingup");

    assertThat(experiment.strategy()).isEqualTo(Strategy.MIXED);
    assertThat(experiment.expertFraction()).isEqualTo(0.5);
    assertThat(experiment.expert().kind()).isEqualTo("mpc");
    assertThat(experiment.expert().episodes()).isEqualTo(1);
    assertThat(experiment.dynamics().hidden()).containsExactly(64, 64);
    assertThat(experiment.planner().kind()).isEqualTo(PlannerSettings.Kind.ICEM);
    assertThat(experiment.campaign().firstPolicy()).isEqualTo(FirstPolicy.EXPERT_MODEL);
    assertThat(experiment.campaign().stopAtReturn()).isNaN();
    assertThat(experiment.campaign().maxWallSeconds()).isInfinite();
  }

  @Test
  void theLearnerAloneBeginsAtRandomWithoutAnExpert() {
    Experiment experiment = read("cartpole-swingup", "strategy=learner-only");

    assertThat(experiment.expert().present()).isFalse();
    assertThat(experiment.expertFraction()).isZero();
    assertThat(experiment.campaign().firstPolicy()).isEqualTo(FirstPolicy.RANDOM);
  }

  @Test
  void anExpertAskedForWinsOverTheStrategysOwnWord() {
    Experiment experiment = read("cartpole-swingup", "strategy=LEARNER_ONLY", "expert.kind=mpc");

    assertThat(experiment.expert().kind()).isEqualTo("mpc");
    assertThat(experiment.campaign().firstPolicy()).isEqualTo(FirstPolicy.RANDOM);
  }

  @ParameterizedTest
  @CsvSource({
    "MIXED", "mixed", "Mixed",
  })
  void aStrategyIsReadInAnyCase(String word) {
    assertThat(read("cartpole-swingup", "strategy=" + word).strategy()).isEqualTo(Strategy.MIXED);
  }

  @Test
  void theHelicopterKeepsAsManyRowsOfOneSideAsOfBoth() {
    assertThat(read("helicopter-hover").expert().rows()).isEqualTo(50);
    assertThat(read("helicopter-hover", "strategy=expert_only").expert().rows()).isEqualTo(100);
    assertThat(read("helicopter-hover", "strategy=learner_only").campaign().rowsPerIteration())
        .isEqualTo(100);
  }

  @Test
  void aFileStartsFromABundledExperiment() throws IOException {
    Path file =
        file(
            """
            include "cartpole-swingup"
            seed = 12345678901
            planner.horizon = 25
            campaign { stop-at-return = 175, max-wall = 15 min }
            """);

    Experiment experiment = read(file.toString());

    assertThat(experiment.name()).isEqualTo("mine");
    assertThat(experiment.seed()).isEqualTo(12345678901L);
    assertThat(experiment.planner().horizon()).isEqualTo(25);
    assertThat(experiment.planner().population()).isEqualTo(64);
    assertThat(experiment.campaign().stopAtReturn()).isEqualTo(175);
    assertThat(experiment.campaign().maxWallSeconds()).isEqualTo(900);
    assertThat(reader.readText(ExperimentWriter.render(experiment), "x")).isEqualTo(experiment);
  }

  @ParameterizedTest
  @CsvSource({
    "90 s, 90",
    "90, 90",
    "15 min, 900",
    "15min, 900",
    "2h, 7200",
    "0.5 h, 1800",
    "none, Infinity",
    "null, Infinity",
  })
  void durationsAreReadInTheirUnits(String text, double seconds) {
    assertThat(read("pendulum", "campaign.max-wall=" + text).campaign().maxWallSeconds())
        .isEqualTo(seconds);
  }

  @Test
  void laterSettingsWin() {
    Experiment experiment =
        read("pendulum", "planner.horizon=3", "planner.horizon = 4", "dynamics.hidden=[8, 9]");

    assertThat(experiment.planner().horizon()).isEqualTo(4);
    assertThat(experiment.dynamics().hidden()).containsExactly(8, 9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "planner.horizn=3 | --set: unknown key planner.horizn; did you mean planner.horizon?",
        "horizon=3 | --set: unknown key horizon; did you mean planner.horizon?",
        "trainer.horizon=3 | --set: unknown key trainer.horizon; did you mean planner.horizon?",
        "planer.horizon=3 | --set: unknown key planer.horizon; did you mean planner.horizon?",
        "lr=3 | --set: unknown key lr",
        "environment.sigma=1 | --set: unknown key environment.sigma",
        "planner.horizon=abc | planner.horizon = abc: must be a whole number",
        "planner.horizon=2.5 | planner.horizon = 2.5: must be a whole number",
        "planner.horizon= | planner.horizon = : must be a whole number",
        "planner.horizon=99999999999 | planner.horizon = 99999999999: must be a whole number from",
        "planner.horizon=0 | planner.horizon = 0: must be from 1 to 10000",
        "planner.horizon.x=0 | --set: unknown key planner.horizon.x",
        "planner=cem | planner = cem: is a section; write planner.kind = ...",
        "environment=x | environment = x: is a section; write environment.name = ...",
        "planner.kind=icme | planner.kind = icme: must be one of",
        "planner.kind=icme | did you mean icem?",
        "trainer.device=gpu:x | trainer.device = gpu:x: must be auto, cpu, gpu or gpu:N with N from 0",
        "planner.device=cuda:0 | planner.device = cuda:0: must be auto, cpu, gpu or gpu:N",
        "planner.device=gpu:128 | planner.device = gpu:128: must be auto, cpu, gpu or gpu:N",
        "planner.device=[1] | planner.device = [1]: must be auto, cpu, gpu or gpu:N",
        "planner.sampled-noise=7 | planner.sampled-noise = 7: must be true or false",
        "trainer.learning-rate=fast | trainer.learning-rate = fast: must be a number",
        "trainer.learning-rate=none | trainer.learning-rate = none: must be a number",
        "trainer.learning-rate=NaN | trainer.learning-rate = NaN: must be a number",
        "trainer.learning-rate=-1 | trainer.learning-rate = -1.0: must be above 0",
        "dynamics.hidden=64 | dynamics.hidden = 64: must be a list of whole numbers",
        "dynamics.hidden=[64, x] | must be a whole number",
        "dynamics.hidden=[64 | HOCON syntax",
        "campaign.max-wall=soon | campaign.max-wall = soon: must be a duration",
        "campaign.max-wall=-3 s | campaign.max-wall = -3.0: must be a positive duration",
        "strategy=both | strategy = both: must be one of EXPERT_ONLY, LEARNER_ONLY, MIXED",
        "expert-fraction=1 | expert-fraction = 1.0: must be above 0 and below 1",
        "expert-fraction=0.5x | expert-fraction = 0.5x: must be a number",
        "environment.name=cartpole | did you mean cartpole-",
        "environment.name= | environment.name",
        "expert.kind=mcp | expert.kind = mcp: must be one of",
        "expert.kind=mcp | did you mean mpc?",
        "expert.options.horizn=3 | unknown key expert.options.horizn; did you mean",
        "expert.options.horizon=far | expert.options.horizon = far: must be a whole number",
        "expert.options.horizon=0 | expert.options.horizon = 0: must be a whole number from 1",
        "environment.max-steps=0 | environment.max-steps = 0: must be a whole number from 1",
        "expert.kind=lqr | expert.kind = lqr",
        "seed=1.5 | seed = 1.5: must be a whole number",
        "seed=99999999999999999999 | seed = 99999999999999999999: must be a whole number from",
        "discount=0 | discount = 0.0: must be above 0 and at most 1",
        "expert.kind=none | strategy = MIXED: needs expert data",
        "planner.kind=lqr | planner.kind = lqr: does not plan in dynamics.kind = ensemble",
        "campaign.episodes-per-iteration=3 | exactly one of",
        "name=../../x | name = ../../x: must be letters",
        "horizon | --set horizon: must be key=value",
        "=3 | --set =3: must be key=value",
        "a..b=3 | a..b is not a key",
        "'\"planner.horizon\"=3' | unknown key \"planner.horizon\"",
      })
  void aBadSettingIsOneLineThatNamesIt(String setting, String expected) {
    assertThatThrownBy(() -> read("cartpole-swingup", setting))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "planner.horizn = 3 | mine.conf, line 2: unknown key planner.horizn; did you mean",
        "planner.horizon = 0 | mine.conf, line 2: planner.horizon = 0: must be from 1 to 10000",
        "planner.horizon = soon | mine.conf, line 2: planner.horizon = soon: must be a whole",
        "planner { horizon = 3 | mine.conf, line",
        "planner.horizon = ${x} | mine.conf, line 2:",
        "strategy = 3 | mine.conf, line 2: strategy = 3: must be one of",
        "expert-fraction = 2 | mine.conf, line 2: expert-fraction = 2.0: must be above 0",
        "environment.colour = red | mine.conf, line 2: unknown key environment.colour",
        "expert.kind = none | strategy = MIXED: needs expert data, and expert.kind = none",
        "per-strategy.mixd.seed = 3 | per-strategy.mixd = mixd: must be one of",
        "per-strategy.mixed.sed = 3 | mine.conf, line 2: unknown key sed; did you mean seed?",
        "per-strategy = 3 | mine.conf, line 2: per-strategy = 3: must be a section",
        "include \"nowhere\" | nowhere",
        "include url(\"http://localhost/x\") | nothing is fetched from a network",
      })
  void aBadFileIsOneLineThatNamesThePlace(String line, String expected) throws IOException {
    Path file = file("include \"cartpole-swingup\"\n" + line + "\n");

    assertThatThrownBy(() -> read(file.toString()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void anUnknownExperimentNamesTheNearest() {
    assertThatThrownBy(() -> read("cartpole-swing-up"))
        .hasMessage(
            "cartpole-swing-up: is neither a bundled experiment nor a file; did you mean"
                + " cartpole-swingup? ('planloop list' shows all)");
  }

  @Test
  void aFolderIsNoExperiment() {
    assertThatThrownBy(() -> read(folder.toString())).hasMessageContaining("is a folder");
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws IOException {
    Path file = folder.resolve("binary.conf");
    Files.write(file, new byte[] {(byte) 0x89, 'H', 'D', 'F', 13, 10, 0x1a, 10, 0, 0, 0, '{'});

    assertThatThrownBy(() -> read(file.toString()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("binary.conf");
  }

  @Test
  void aFractionGoesOnlyWithTheMixture() {
    assertThatThrownBy(
            () -> read("cartpole-swingup", "strategy=expert-only", "expert-fraction=0.5"))
        .hasMessageContaining("expert-fraction = 0.5: goes only with strategy = MIXED");
  }

  @Test
  void theErrorOfAnOptionNamesItsKey() {
    assertThatThrownBy(() -> read("counterexample", "discount=1"))
        .hasMessageContaining(
            "discount = 1.0: must be below 1 with planner.kind = value-iteration");
  }

  @Test
  void anAlarmMustHaveSomethingToChange() {
    assertThatThrownBy(
            () -> read("pendulum", "strategy=learner-only", "diagnostics.alarm=expert-share"))
        .hasMessageContaining("diagnostics.alarm = expert-share")
        .hasMessageContaining("set strategy = MIXED");
    assertThatThrownBy(() -> read("helicopter-hover", "diagnostics.alarm=horizon"))
        .hasMessageContaining("planner.kind = lqr");
    assertThatThrownBy(() -> read("pendulum", "diagnostics.alarm=disagreement"))
        .hasMessageContaining("planner.propagation = ts-infinity");
    Experiment wary =
        read(
            "pendulum",
            "diagnostics.alarm=disagreement",
            "planner.particles=5",
            "planner.propagation=ts-infinity");
    assertThat(wary.diagnostics().on()).isTrue();
  }

  @Test
  void aLazyPlannerNeedsTheExpertsStates() {
    assertThatThrownBy(
            () ->
                read(
                    "counterexample", "strategy=learner-only", "planner.kind=lazy-value-iteration"))
        .hasMessageContaining("planner.kind = lazy-value-iteration")
        .hasMessageContaining("LEARNER_ONLY has none");
    assertThatThrownBy(() -> read("pendulum", "planner.kind=lazy-lqr"))
        .hasMessageContaining("lazy-lqr need linear");
  }
}
