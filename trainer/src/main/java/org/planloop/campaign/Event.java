package org.planloop.campaign;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;

/** What happened, in answer to an {@link Effect}. */
public sealed interface Event {
  /** A job is flown and its rows are confirmed. */
  record JobFlown(JobResult result) implements Event {}

  /** A job's policy became too old before it was flown. */
  record JobRetired(RolloutJob job) implements Event {}

  /** A job was given up. */
  record JobAbandoned(String job, String reason) implements Event {}

  /**
   * Recorded expert data is in replay.
   *
   * @param returns of its whole episodes
   */
  record ExpertImported(int rows, List<Double> returns) implements Event {}

  /**
   * A model is fitted and the next policy planned.
   *
   * @param learnerDraws rows of the learner that the fit has drawn
   */
  record Fitted(
      int version,
      PolicyDefinition policy,
      OptionalDouble lossExpert,
      OptionalDouble lossLearner,
      OptionalDouble mixExpert,
      long learnerDraws,
      double seconds,
      Map<String, Double> metrics,
      List<String> warnings)
      implements Event {}

  /**
   * A fit or its planning has no result.
   *
   * @param fatal whether trying again with more data cannot help
   */
  record FitFailed(int version, String reason, boolean fatal, double seconds) implements Event {}

  /**
   * A candidate was checked before it flies.
   *
   * @param accepted whether it may fly
   * @param checked false where nothing was learned yet to check it in
   * @param reason why, with what was measured
   * @param metrics figures of the check by metric name
   */
  record Checked(
      int version, boolean accepted, boolean checked, String reason, Map<String, Double> metrics)
      implements Event {}

  /**
   * The diagnosis' episodes are flown in the model.
   *
   * @param learner returns by episode, NaN where the model diverges; empty if they could not be
   *     flown
   * @param expert likewise; empty if nobody asked
   */
  record ModelFlown(int version, List<Double> learner, List<Double> expert) implements Event {}

  /** A policy is stored and on its way to the workers. */
  record Published(int version) implements Event {}

  /**
   * Somebody wants an earlier policy to fly again, in the place of the next candidate.
   *
   * @param version that is stored
   */
  record RollBack(int version) implements Event {}

  /** Row i is on disk. */
  record Checkpointed(int iteration) implements Event {}
}
