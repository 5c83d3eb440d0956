package org.planloop.deploy.reproduce;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.LocalCampaigns;

/** Runs studies for tests: a glimpse each. */
final class StudyRun {
  private StudyRun() {}

  static Findings of(Study study, Path scratch, int seeds) {
    return study.run(setting(scratch, seeds));
  }

  static StudySetting setting(Path scratch, int seeds) {
    return new StudySetting(
        OptionalInt.of(seeds),
        true,
        new Campaigns(
            (experiment, parts, folder, observer) ->
                new LocalCampaigns(new SimpleMeterRegistry())
                    .start(experiment, parts, folder, observer),
            Parts.on(StudyRun.class.getClassLoader()),
            scratch,
            2,
            () -> false),
        line -> {},
        () -> false);
  }
}
