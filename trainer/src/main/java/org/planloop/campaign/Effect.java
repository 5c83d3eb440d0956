package org.planloop.campaign;

import java.util.List;
import java.util.Optional;
import org.planloop.data.JobRanges;
import org.planloop.diagnostics.Caution;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;

/** What the campaign wants done; the answer comes back as an {@link Event}. */
public sealed interface Effect {
  /** Fly these; every job is answered by a {@code JobFlown}. */
  record Fly(List<RolloutJob> jobs) implements Effect {}

  /** A job counts: keep it until the next row has it in its state. */
  record Keep(JobResult result) implements Effect {}

  /**
   * Hand out no learner's job any more whose policy is older than {@code oldestVersion}; each that
   * waits is answered by {@code JobRetired}.
   */
  record Retire(int oldestVersion) implements Effect {}

  /** Append the recorded expert data to replay; answered by {@code ExpertImported}. */
  record ImportExpert() implements Effect {}

  /**
   * Plan the first policy in the stated initial model; answered by {@code Fitted} for version 1.
   */
  record PlanInitialModel() implements Effect {}

  /**
   * Fit T_version and plan pi_version; answered by {@code Fitted} or {@code FitFailed}.
   *
   * @param version of the policy that comes out, i + 1
   * @param throughIteration rows of later iterations are not looked at
   * @param jobs of which learner's jobs the rows are looked at, and no others; empty for all
   * @param expertFraction weight of the expert's side
   * @param learnerRows rows that replay has confirmed; a fit on fewer would be silently wrong
   * @param expertRows likewise
   * @param caution how much less than usual the planner trusts the model
   */
  record Fit(
      int version,
      int throughIteration,
      Optional<JobRanges> jobs,
      double expertFraction,
      long learnerRows,
      long expertRows,
      Caution caution)
      implements Effect {
    /** With the configured planner. */
    public Fit(
        int version,
        int throughIteration,
        double expertFraction,
        long learnerRows,
        long expertRows) {
      this(
          version,
          throughIteration,
          Optional.empty(),
          expertFraction,
          learnerRows,
          expertRows,
          Caution.NONE);
    }

    /** The same fit, to the rows of certain jobs alone. */
    Fit to(JobRanges certain) {
      return new Fit(
          version,
          throughIteration,
          Optional.of(certain),
          expertFraction,
          learnerRows,
          expertRows,
          caution);
    }
  }

  /**
   * Fly the diagnosis' episodes in T_version, the model that pi_version was planned in; answered by
   * {@code ModelFlown}.
   *
   * @param expert whether the expert flies there as well
   * @param episodes by each of them
   */
  record FlyInModel(int version, boolean expert, int episodes) implements Effect {}

  /**
   * Fly a candidate where nothing can break; answered by {@code Checked}.
   *
   * @param rows how the model that it was planned in was fitted, or would be: which rows a
   *     bootstrap draws from
   */
  record Preflight(PolicyDefinition candidate, Fit rows) implements Effect {}

  /** Tell the user. */
  record Warn(String message) implements Effect {}

  /** Store pi_version in its folder and broadcast it; answered by {@code Published}. */
  record Publish(int version, PolicyDefinition definition) implements Effect {}

  /**
   * pi_version is an earlier policy again: because its fit had no result, it was refused, or
   * somebody asked for it; answered by {@code Published}.
   *
   * @param from the earlier one, pi_version-1 as a rule
   */
  record Republish(int version, int from) implements Effect {}

  /** Make row i last; answered by {@code Checkpointed}. */
  record Checkpoint(CampaignState state) implements Effect {}

  /** The campaign is done. */
  record Finish(CampaignState state, Selection selection) implements Effect {}

  /** The campaign cannot go on. */
  record Fail(String reason) implements Effect {}
}
