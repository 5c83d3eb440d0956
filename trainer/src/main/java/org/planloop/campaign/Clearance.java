package org.planloop.campaign;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.planloop.campaign.AuditEntry.Decision;
import org.planloop.policy.PolicyDefinition;

/**
 * What becomes of a candidate between its fit and its flight: it is published, or checked first and
 * then accepted or refused. Every decision is noted for the audit log.
 */
final class Clearance {
  /** Refused candidates in a row after which the user is warned, and again after as many. */
  private static final int MANY_REFUSALS = 5;

  private final CampaignPlan plan;

  /**
   * What was decided.
   *
   * @param state with the decision in its audit log
   */
  record Outcome(CampaignState state, List<Effect> effects) {}

  Clearance(CampaignPlan plan) {
    this.plan = plan;
  }

  /** The policy flies as pi_version. */
  Outcome publish(CampaignState state, int version, PolicyDefinition policy, String why) {
    return new Outcome(
        noted(state, version, Decision.PUBLISHED, why),
        List.of(new Effect.Publish(version, policy)));
  }

  /** What flew before flies again, as pi_version. */
  Outcome publishAgain(CampaignState state, int version, String why) {
    String reason = why + ": pi_" + (version - 1) + " flies again";
    return new Outcome(
        noted(state, version, Decision.PUBLISHED, reason),
        List.of(new Effect.Republish(version, version - 1)));
  }

  /** Somebody has asked for an earlier policy: it flies as pi_version in the candidate's place. */
  Outcome rollBack(CampaignState state, int version, int from) {
    return new Outcome(
        noted(
            state,
            version,
            Decision.PUBLISHED,
            "rolled back on request: pi_" + from + " flies again"),
        List.of(new Effect.Republish(version, from)));
  }

  /**
   * What follows from a pre-flight check.
   *
   * @param crashed whether what flew before crashed just now
   */
  Outcome checked(
      CampaignState state, Event.Checked checked, PolicyDefinition candidate, boolean crashed) {
    int version = checked.version();
    if (!checked.checked()) {
      CampaignState next = noted(state, version, Decision.UNCHECKED, checked.reason());
      return publish(next, version, candidate, "the candidate flies unchecked");
    }
    if (checked.accepted()) {
      CampaignState next = noted(state, version, Decision.ACCEPTED, checked.reason());
      return publish(
          next.withSafety(next.safety().accepting(version)),
          version,
          candidate,
          "the candidate is accepted");
    }
    return refuse(noted(state, version, Decision.REFUSED, checked.reason()), version, crashed);
  }

  /** What flew before flies again, if it is accepted and did not crash; else the expert. */
  private Outcome refuse(CampaignState state, int version, boolean crashed) {
    Safety safety = crashed ? state.safety().accepting(0) : state.safety();
    CampaignState refused = state.withSafety(safety.refusing(state.safety().refusedInARow()));
    Optional<String> warning = warning(refused.safety());
    refused = warning.map(refused::withNote).orElse(refused);
    Outcome flying =
        safety.accepted() == 0
            ? publish(
                refused,
                version,
                plan.expertPolicy(),
                "the candidate is refused"
                    + (crashed ? ", and what flew before crashed" : "")
                    + ": the expert flies")
            : publishAgain(refused, version, "the candidate is refused");
    Stream<Effect> warned = warning.map(Effect.Warn::new).map(Effect.class::cast).stream();
    return new Outcome(flying.state(), Stream.concat(warned, flying.effects().stream()).toList());
  }

  /** Many refusals in a row: the data no longer comes from where the learner would go. */
  private static Optional<String> warning(Safety safety) {
    if (safety.refusedInARow() % MANY_REFUSALS != 0) {
      return Optional.empty();
    }
    return Optional.of(
        "the pre-flight check has refused "
            + safety.refusedInARow()
            + " candidates in a row, and "
            + (safety.accepted() == 0 ? "the expert" : "pi_" + safety.accepted())
            + " flies in their place: the learner no longer sees its own states; loosen preflight,"
            + " or let candidates fly under supervision (rollout.supervision = envelope)");
  }

  /** The choice of the best policy as the last entry of the audit log. */
  static CampaignState selected(CampaignState finished, Selection selection) {
    String by = "by " + selection.selectedBy().name().toLowerCase(Locale.ROOT);
    return with(
        finished, new AuditEntry(finished.iteration(), selection.chosen(), Decision.SELECTED, by));
  }

  private static CampaignState noted(
      CampaignState state, int version, Decision decision, String reason) {
    return with(state, new AuditEntry(version - 1, version, decision, reason));
  }

  private static CampaignState with(CampaignState state, AuditEntry entry) {
    return state.withSafety(state.safety().with(entry));
  }
}
