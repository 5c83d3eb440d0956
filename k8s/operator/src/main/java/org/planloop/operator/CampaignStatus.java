package org.planloop.operator;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a campaign stands. Null is what is not known.
 *
 * @param phase the word of {@link Phase}
 * @param steps learner transitions
 * @param bestReturn running maximum of the iterations' mean returns; larger is better
 * @param bestReturnInterval the same with its 95 % interval, as text
 * @param workers pods that fly or are about to
 * @param selector finds them, for {@code kubectl scale} and autoscalers
 * @param jobsRunning jobs in the air
 * @param campaignId its id on its trainer
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record CampaignStatus(
    @Nullable String phase,
    @Nullable Integer iteration,
    @Nullable Integer iterations,
    @Nullable Long steps,
    @Nullable Double bestReturn,
    @Nullable String bestReturnInterval,
    @Nullable Integer workers,
    @Nullable Integer workersReady,
    @Nullable String selector,
    @Nullable Integer jobsRunning,
    @Nullable Integer jobsWaiting,
    @Nullable String campaignId,
    @Nullable Long observedGeneration,
    @Nullable String startTime,
    @Nullable String completionTime,
    @Nullable List<Condition> conditions) {
  static final CampaignStatus NONE =
      new CampaignStatus(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null);

  /** Where a campaign is between its making and its end. */
  enum Phase {
    /** Something that it needs is not there. */
    PENDING("Pending"),
    STARTING("Starting"),
    RUNNING("Running"),
    SUSPENDED("Suspended"),
    FINISHED("Finished"),
    FAILED("Failed"),
    DELETING("Deleting");

    private final String word;

    Phase(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    boolean over() {
      return this == FINISHED || this == FAILED;
    }
  }

  boolean is(Phase asked) {
    return asked.word().equals(phase);
  }

  /** The condition of that type. */
  Optional<Condition> condition(String type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(one -> type.equals(one.getType())).findFirst();
  }

  /** The reason of the condition of that type; empty if there is none. */
  String reason(String type) {
    return condition(type).map(Condition::getReason).orElse("");
  }
}
