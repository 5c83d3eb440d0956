package org.planloop.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a campaign's own pods said when they were last asked.
 *
 * @param progress what the trainer says of the campaign; empty if it has none of it
 * @param others ids of other campaigns on the trainer that are not over
 * @param trouble why the trainer could not be asked; empty if it could, or was not
 * @param troubleSince since when it could not
 * @param parts lines of the page {@code /health/ready} that are not well, by pod
 * @param skew how far the trainer's clock is before the operator's; negative for behind
 */
record Seen(
    Optional<Progress> progress,
    List<String> others,
    Optional<String> trouble,
    Optional<Instant> troubleSince,
    Map<String, List<String>> parts,
    Optional<Duration> skew) {
  static final Seen NOTHING =
      new Seen(
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Optional.empty());

  /**
   * A campaign as its trainer has it.
   *
   * @param phase as in {@code planloop status}
   * @param best running maximum of the iterations' mean returns
   * @param halfWidth of its 95 % interval
   */
  record Progress(
      String id,
      String phase,
      String reason,
      int iteration,
      int iterations,
      long steps,
      @Nullable Double best,
      @Nullable Double halfWidth,
      int waiting,
      int flying) {
    boolean over() {
      return List.of("FINISHED", "FAILED", "CANCELLED").contains(phase);
    }
  }

  /** Reads the page {@code /status}. */
  static List<Progress> campaigns(JsonNode status) {
    List<Progress> all = new ArrayList<>();
    for (JsonNode one : status.path("campaigns")) {
      all.add(
          new Progress(
              one.path("campaign").asText(),
              one.path("phase").asText(),
              one.path("reason").asText(),
              one.path("iteration").asInt(),
              one.path("iterations").asInt(),
              one.path("env_steps").asLong(),
              number(one.path("best_return_mean")),
              number(one.path("best_return_ci95")),
              one.path("jobs_waiting").asInt(),
              one.path("jobs_flying").asInt()));
    }
    return all;
  }

  private static @Nullable Double number(JsonNode node) {
    return node.isNumber() ? node.asDouble() : null;
  }
}
