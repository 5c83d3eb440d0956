package org.planloop.deploy.node;

import java.nio.file.Path;
import org.planloop.campaign.CampaignObserver;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.Parts;

/** Starts campaigns: in this process, or in a test's imagination. */
@FunctionalInterface
public interface CampaignStarter {
  /**
   * Starts a campaign, or goes on with what the folder holds.
   *
   * @param parts where the environment and the expert are found
   * @param folder the run folder: exists, has {@code config.conf}, belongs to the caller
   * @param observer called from any thread
   * @throws org.planloop.data.InvalidInputException if something that the experiment names cannot
   *     be used
   */
  RunningCampaign start(Experiment experiment, Parts parts, Path folder, CampaignObserver observer);
}
