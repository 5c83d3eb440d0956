package org.planloop.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The list of conditions of a status: a time changes only when its condition does. */
final class Conditions {
  static final String ACCEPTED = "Accepted";
  static final String READY = "Ready";
  static final String COMPLETE = "Complete";

  private final CampaignStatus before;
  private final long generation;
  private final String now;
  private final List<Condition> all = new ArrayList<>();

  Conditions(CampaignStatus before, long generation, Instant now) {
    this.before = before;
    this.generation = generation;
    this.now = time(now);
  }

  /** As Kubernetes writes times. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  void add(String type, boolean holds, String reason, String message) {
    String status = holds ? "True" : "False";
    Optional<Condition> earlier =
        before.condition(type).filter(one -> status.equals(one.getStatus()));
    all.add(
        new ConditionBuilder()
            .withType(type)
            .withStatus(status)
            .withReason(reason)
            .withMessage(message)
            .withLastTransitionTime(earlier.map(Condition::getLastTransitionTime).orElse(now))
            .withObservedGeneration(generation)
            .build());
  }

  List<Condition> list() {
    return List.copyOf(all);
  }
}
