package org.planloop.rollout;

import static org.planloop.data.InvalidInputException.check;

import java.util.List;
import org.planloop.environment.Limit;
import org.planloop.protocol.Rescuer;

/**
 * How far a candidate may go, and what happens then; the section {@code rollout.envelope} of the
 * configuration.
 *
 * @param fraction share of the environment's own limits, 0 for none of them
 * @param limits further ones, each {@code "north, east, down < 5"}: the Euclidean norm of the named
 *     dimensions
 * @param disagreement of the members of a learned ensemble, above which the candidate's action is
 *     not taken ({@link org.planloop.dynamics.EnsembleDisagreement}); NaN for never
 * @param rescuer who takes over
 * @param returnAfter steps inside in a row after which the candidate acts again; 0 for not in this
 *     episode
 * @param rescuerSteps what becomes of the transitions that the rescuer flew
 */
public record EnvelopeSettings(
    double fraction,
    List<String> limits,
    double disagreement,
    Rescuer rescuer,
    int returnAfter,
    RescuerSteps rescuerSteps) {
  /** What becomes of the rescuer's transitions. */
  public enum RescuerSteps {
    /** Nobody learns from them. */
    DROPPED,
    /** They are kept on the expert's side, under job keys of their own and marked as rescues. */
    EXPERT_DATA
  }

  /** Half of the environment's limits; the expert flies the rest of the episode. */
  public static final EnvelopeSettings DEFAULT =
      new EnvelopeSettings(0.5, List.of(), Double.NaN, Rescuer.EXPERT, 0, RescuerSteps.DROPPED);

  public EnvelopeSettings {
    limits = List.copyOf(limits);
    check(
        fraction >= 0 && fraction <= 1,
        "rollout.envelope.fraction",
        fraction,
        "must be from 0 (the environment's limits play no part) to 1");
    limits.forEach(limit -> Limit.parse("rollout.envelope.limits", limit));
    check(
        Double.isNaN(disagreement) || (disagreement > 0 && Double.isFinite(disagreement)),
        "rollout.envelope.disagreement",
        disagreement,
        "must be a positive number, or none");
    check(
        returnAfter >= 0 && returnAfter <= 1_000_000,
        "rollout.envelope.return-after",
        returnAfter,
        "must be from 0 (the rescuer flies the rest of the episode) to 1000000");
    check(
        rescuerSteps == RescuerSteps.DROPPED || rescuer == Rescuer.EXPERT,
        "rollout.envelope.rescuer-steps",
        "expert-data",
        "needs rollout.envelope.rescuer = expert, because another rescuer's steps are no expert's"
            + " data; set one of them");
  }
}
