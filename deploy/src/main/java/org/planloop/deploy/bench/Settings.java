package org.planloop.deploy.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentReader.Overrides;
import org.planloop.deploy.config.Parts;
import org.planloop.environment.Environment;

/** What is measured are bundled experiments, some of their settings changed. */
final class Settings {
  private Settings() {}

  private static Parts parts() {
    return Parts.on(Settings.class.getClassLoader());
  }

  static Experiment of(String experiment, String... settings) {
    return new ExperimentReader(parts())
        .read(experiment, new Overrides(List.of(settings), OptionalLong.empty(), Optional.empty()));
  }

  static Environment environment(Experiment experiment) {
    return parts().environment(experiment);
  }
}
