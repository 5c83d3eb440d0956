package org.planloop.campaign;

/**
 * Watches a campaign: for progress lines and logs. Called by the campaign's actor; must not block.
 */
public interface CampaignObserver {
  /**
   * Something was flown.
   *
   * @param iteration i under way; 0 while the expert flies, N + 1 while the best policy is chosen
   * @param envSteps learner transitions flown so far
   */
  default void flown(int iteration, long envSteps) {}

  /** Row i is final. */
  default void row(ProgressRow row) {}

  /** A decision about a policy. */
  default void decided(AuditEntry entry) {}

  /** A policy is on its way to the workers, or was before the campaign went on. */
  default void published(int version) {}

  /**
   * A node has told which policy it holds.
   *
   * @param node its address
   * @param newest the newest version there, -1 for none
   */
  default void held(String node, int newest) {}

  /** What the user should know. */
  default void warning(String message) {}

  /** Tells both of everything, this one first. */
  default CampaignObserver and(CampaignObserver other) {
    return new BothObservers(this, other);
  }
}
