package org.planloop.campaign;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.planloop.dynamics.ModelParameters;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.JobResult;

/**
 * Where a campaign keeps what it must not lose. Every call returns once the data would survive a
 * power cut. May block.
 */
public interface CampaignStore {
  /** Stores pi_i. */
  void policy(PolicySnapshot snapshot) throws IOException;

  /** Reads pi_i back. */
  Optional<PolicySnapshot> policy(int version);

  /** Keeps jobs that have come in, until the next row has them in its state. */
  void arrived(List<JobResult> results) throws IOException;

  /** Forgets the jobs that have come in since the last row: they are to be flown again. */
  void forgetArrived() throws IOException;

  /**
   * Makes the last row of {@code state} final.
   *
   * @param model T_i+1
   */
  void row(CampaignState state, Optional<ModelParameters> model) throws IOException;

  /** Stores the choice; the campaign is done. */
  void finished(CampaignState state, Selection selection) throws IOException;
}
