package org.planloop.deploy.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.planloop.campaign.Summary;
import org.planloop.campaign.Summary.Standing;

/** {@code summary.json}: what a finished run reports. */
public final class SummaryJson {
  /** Changes when a field changes its meaning or goes. */
  public static final int SCHEMA = 1;

  private SummaryJson() {}

  /**
   * The summary as JSON.
   *
   * @param build which Planloop made it
   */
  public static ObjectNode of(Summary summary, Build build) {
    ObjectNode object = Json.object();
    object.put("schema", SCHEMA);
    object.put("experiment", summary.experiment());
    object.put("strategy", summary.strategy().name());
    object.put("seed", summary.seed());
    object.put("env_steps", summary.envSteps());
    Json.put(object, "wall_s", Column.milliseconds(summary.wallSeconds()));
    object.put("iterations", summary.iterations());
    object.set("best", standing(summary.best()));
    object.set("last", standing(summary.last()));
    if (summary.expert().isPresent()) {
      object.set("expert", standing(summary.expert().get()));
    } else {
      object.putNull("expert");
    }
    ArrayNode notes = object.putArray("notes");
    summary.notes().forEach(notes::add);
    build.git().ifPresentOrElse(git -> object.put("git", git), () -> object.putNull("git"));
    object.put("version", build.version());
    return object;
  }

  private static ObjectNode standing(Standing standing) {
    ObjectNode object = Json.object();
    if (standing.iteration() > 0) {
      object.put("iteration", standing.iteration());
    } else {
      object.putNull("iteration");
    }
    Json.put(object, "return_mean", standing.returns().mean());
    Json.put(object, "return_ci95", standing.returns().ci95());
    object.put("episodes", standing.returns().episodes());
    object.put("selected_by", standing.selectedBy().name().toLowerCase(Locale.ROOT));
    return object;
  }
}
