package org.planloop.campaign;

import org.apache.pekko.actor.NoSerializationVerificationNeeded;

/** How a campaign ended. */
public sealed interface CampaignOutcome extends NoSerializationVerificationNeeded {
  /** The best policy is chosen and stored. */
  record Finished(CampaignState state, Selection selection, double wallSeconds)
      implements CampaignOutcome {}

  /** It cannot go on. */
  record Failed(String reason) implements CampaignOutcome {}
}
