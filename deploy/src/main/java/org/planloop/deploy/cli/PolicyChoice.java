package org.planloop.deploy.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.report.RunFolder;
import org.planloop.dynamics.ModelParameters;
import org.planloop.policy.ExpertSettings;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.storage.PolicyFolder;

/**
 * A policy and the experiment it belongs to, as named on a command line.
 *
 * @param name for people
 */
record PolicyChoice(String name, PolicyDefinition definition, Experiment experiment, Parts parts) {
  /** What {@code --policy} takes besides the number of an iteration. */
  static final String CHOICES =
      "best (of a run; any other folder's own policy), N (pi_N of a run), expert, truth (the same"
          + " planner in the true dynamics), random";

  /**
   * Finds a policy.
   *
   * @param which one of {@link #CHOICES}
   * @throws InvalidInputException if there is no such policy
   */
  static PolicyChoice of(Path given, String which, Parts parts) {
    ExperimentReader reader = new ExperimentReader(parts);
    if (which.equals("best")) {
      PolicyFolders.Found found = PolicyFolders.find(given);
      Experiment experiment = RunFolder.experiment(found.run(), reader);
      PolicySnapshot snapshot = read(found.policy());
      String name = snapshot.version() > 0 ? "pi_" + snapshot.version() : "policy";
      return new PolicyChoice(name, snapshot.definition(), experiment, parts);
    }
    Experiment experiment = RunFolder.experiment(given, reader);
    return switch (which) {
      case "random" ->
          new PolicyChoice(which, new PolicyDefinition.RandomActions(), experiment, parts);
      case "truth" ->
          new PolicyChoice(
              which,
              new PolicyDefinition.Planned(
                  new ModelParameters.Truth(), experiment.planner(), experiment.discount()),
              experiment,
              parts);
      case "expert" -> new PolicyChoice(which, expert(experiment), experiment, parts);
      default -> numbered(given, which, experiment, parts);
    };
  }

  private static PolicyChoice numbered(Path run, String which, Experiment experiment, Parts parts) {
    if (!which.matches("[1-9][0-9]{0,8}")) {
      throw new InvalidInputException("--policy " + which + ": must be one of " + CHOICES);
    }
    int version = Integer.parseInt(which);
    Path folder = run.resolve("iterations").resolve(String.format("%04d", version));
    return new PolicyChoice("pi_" + version, read(folder).definition(), experiment, parts);
  }

  /** The expert of an experiment, as a policy. */
  static PolicyDefinition.Expert expert(Experiment experiment) {
    ExpertSettings expert = experiment.expert();
    if (!expert.present() || expert.kind().equals("recorded")) {
      throw InvalidInputException.setting(
          "expert.kind", expert.kind(), "cannot act; name a demonstrator ('planloop list')");
    }
    return new PolicyDefinition.Expert(expert.kind(), expert.controlNoise(), expert.options());
  }

  private static PolicySnapshot read(Path folder) {
    try {
      return PolicyFolder.read(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    }
  }
}
