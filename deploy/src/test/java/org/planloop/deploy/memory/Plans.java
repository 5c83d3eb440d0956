package org.planloop.deploy.memory;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;

/** Plans of bundled experiments for tests. */
final class Plans {
  static final Parts PARTS = Parts.on(Plans.class.getClassLoader());

  /** As much as a small machine has, and plenty of disk. */
  static final Machine SMALL = new Machine(0x1p30, 24 * 0x1p30, 1000 * 0x1p30);

  private Plans() {}

  static MemoryPlan of(String experiment, String... settings) {
    return of(() -> 0, experiment, settings);
  }

  static MemoryPlan of(java.util.function.IntSupplier gpus, String experiment, String... settings) {
    Experiment read =
        new ExperimentReader(PARTS)
            .read(
                experiment,
                new ExperimentReader.Overrides(
                    List.of(settings), OptionalLong.empty(), Optional.empty()));
    return MemoryPlans.campaign(read, PARTS.environment(read), 2, gpus);
  }

  /** The part with this name in a plan that has one such in this place. */
  static Part part(MemoryPlan plan, String what, Place place) {
    List<Part> found =
        plan.parts().stream()
            .filter(part -> part.what().equals(what) && part.place() == place)
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " parts " + what + " in " + plan.parts());
    }
    return found.get(0);
  }

  static double bytes(MemoryPlan plan, String what, Place place) {
    return part(plan, what, place).size().value();
  }
}
