package org.planloop.deploy.reproduce;

import java.util.List;
import java.util.Optional;

/** The studies, in the order of the story. */
public final class Studies {
  private Studies() {}

  /** All of them. */
  public static List<Study> all() {
    return List.of(
        new ShortcutStudy(),
        new OneDollarStudy(),
        new GenerativeModelStudy(),
        new MountainCarStudy(),
        new HelicopterHoverStudy(),
        new HelicopterFunnelStudy(),
        new AerobaticsStudy(),
        new LemmaStudy(),
        new LazyStudy(),
        new NeuralMixtureStudy(),
        new WithoutCrashingStudy());
  }

  /** The study of that name. */
  public static Optional<Study> named(String name) {
    return all().stream().filter(study -> study.name().equals(name)).findFirst();
  }
}
