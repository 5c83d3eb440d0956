package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.memory.Machine;
import org.planloop.deploy.memory.MemoryPlan;
import org.planloop.deploy.memory.MemoryPlans;
import org.planloop.deploy.memory.Place;
import org.planloop.deploy.node.HardwareWarnings;
import org.planloop.deploy.report.Json;
import org.planloop.environment.Environment;
import org.planloop.policy.PolicyDefinition;

/** Refuses what does not fit into this machine's memory, before anything is made. */
final class MemoryCheck {
  /** Smaller parts are not worth a line. */
  private static final double SHOWN = 1 << 20;

  private MemoryCheck() {}

  /**
   * A campaign in this process, or in as many like it.
   *
   * @param folder where the run's folder will be
   * @param atOnce processes at a time
   * @param inAll processes in all
   * @throws org.planloop.data.InvalidInputException if it does not fit
   */
  static void require(Experiment experiment, Parts parts, Path folder, int atOnce, int inAll) {
    plan(experiment, parts).check(machine(experiment, folder), atOnce, inAll);
  }

  /**
   * Episodes of a policy.
   *
   * @param episodes flown as one batch
   * @param callers batches at a time
   */
  static void require(PolicyChoice choice, int episodes, int callers) {
    MemoryPlans.flights(
            choice.definition(),
            choice.parts().environment(choice.experiment()),
            episodes,
            callers,
            HardwareWarnings::gpusSeen)
        .check(Machine.here(Path.of("")), 1, 1);
  }

  /** Episodes of an expert, recorded. */
  static void requireRecording(
      PolicyDefinition.Expert expert, Environment environment, int episodes) {
    MemoryPlans.recording(expert, environment, episodes).check(Machine.here(Path.of("")), 1, 1);
  }

  private static MemoryPlan plan(Experiment experiment, Parts parts) {
    return MemoryPlans.campaign(
        experiment,
        parts.environment(experiment),
        Runtime.getRuntime().availableProcessors(),
        HardwareWarnings::gpusSeen);
  }

  private static Machine machine(Experiment experiment, Path folder) {
    String path = experiment.replay().path();
    return Machine.here(path.isBlank() ? folder : Path.of(path));
  }

  /** Shows the plan of a campaign, and refuses it if it does not fit. */
  static void show(Experiment experiment, Parts parts, Path folder, Console console) {
    MemoryPlan plan = plan(experiment, parts);
    Machine machine = machine(experiment, folder);
    ObjectNode object = Json.object();
    object.put("experiment", experiment.name());
    ArrayNode array = object.putArray("parts");
    for (MemoryPlan.Row row : plan.rows()) {
      if (row.bytes() >= SHOWN) {
        console.say(
            String.format(
                Locale.ROOT,
                "%-14s %-34s %9s%s %s",
                row.place(),
                row.what(),
                MemoryPlan.size(row.bytes()),
                row.definite() ? " " : "?",
                row.arithmetic()));
      }
      array
          .addObject()
          .put("what", row.what())
          .put("place", row.place().toString())
          .put("bytes", (long) row.bytes())
          .put("definite", row.definite())
          .put("arithmetic", row.arithmetic());
    }
    long small = plan.rows().stream().filter(row -> row.bytes() < SHOWN).count();
    console.say("and " + small + " parts below " + MemoryPlan.size(SHOWN) + " each");
    if (plan.rows().stream().anyMatch(row -> !row.definite() && row.bytes() >= SHOWN)) {
      console.say("? if the campaign does not stop before; not counted below");
    }
    console.say("");
    sum(console, object, "heap", "Java heap (-Xmx)", plan.bytes(Place.HEAP), machine.heap());
    sum(console, object, "memory", "memory", plan.memory(), machine.memory());
    sum(console, object, "disk", "disk", plan.bytes(Place.DISK), machine.disk());
    plan.check(machine, 1, 1);
    console.say("the configuration is good and fits; nothing was written");
    console.answer(object);
  }

  private static void sum(
      Console console, ObjectNode object, String key, String what, double needed, double there) {
    console.say(
        String.format(
            Locale.ROOT, "%-49s %9s of %s", what, MemoryPlan.size(needed), MemoryPlan.size(there)));
    ObjectNode node = object.putObject(key);
    node.put("needed_bytes", (long) needed);
    node.put("there_bytes", Double.isInfinite(there) ? null : (Long) (long) there);
  }
}
