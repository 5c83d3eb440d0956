package org.planloop.deploy.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.planloop.campaign.CampaignState;
import org.planloop.campaign.ExpertRecording;
import org.planloop.campaign.Retention;
import org.planloop.checkpoint.CampaignId;
import org.planloop.checkpoint.RunCampaignStore;
import org.planloop.checkpoint.RunStore;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.dynamics.ModelParameters;
import org.planloop.expert.Experts;
import org.planloop.expert.RecordedData;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.JobResult;

/**
 * What a run folder holds of a campaign.
 *
 * @param id the campaign's: names storage only
 * @param store where iterations and the choice are kept
 * @param from what to go on from; empty for a new run
 * @param arrived jobs of an asynchronous campaign that came in after the last row
 * @param recording the recorded expert data, for a new run with {@code expert.kind = recorded}
 */
public record CampaignFolder(
    String id,
    RunCampaignStore store,
    Optional<RunStore.Restored> from,
    List<JobResult> arrived,
    Optional<ExpertRecording> recording) {

  /**
   * Opens a folder. Data are read before anything is made, so that bad data are refused with
   * nothing half written.
   *
   * @param folder exists and belongs to the caller
   * @throws InvalidInputException if the folder or what the experiment names cannot be used
   */
  static CampaignFolder open(Path folder, Experiment experiment, Wiring wiring) {
    try {
      return open(folder, experiment, wiring, id(folder));
    } catch (IOException e) {
      throw new InvalidInputException(
          folder + " cannot be used as a run folder: " + e.getMessage(), e);
    }
  }

  /** The same for a campaign that has an id. */
  public static CampaignFolder open(Path folder, Experiment experiment, Wiring wiring, String id) {
    try {
      RunCampaignStore store =
          new RunCampaignStore(
              folder,
              experiment.planner(),
              experiment.discount(),
              new Retention(experiment.campaign().keepIterations()));
      Optional<RunStore.Restored> from = store.latest();
      Optional<ExpertRecording> recording =
          from.isEmpty() && experiment.expert().kind().equals(Experts.RECORDED)
              ? Optional.of(recording(experiment, wiring))
              : Optional.empty();
      return new CampaignFolder(id, store, from, store.arrivals(), recording);
    } catch (IOException e) {
      throw new InvalidInputException(
          folder + " cannot be used as a run folder: " + e.getMessage(), e);
    }
  }

  private static ExpertRecording recording(Experiment experiment, Wiring wiring) {
    return ExpertRecording.of(
        RecordedData.read(Path.of(experiment.expert().file()), wiring.environment()),
        experiment.discount());
  }

  /** Drawn once, kept with the run: replay files of another run are never taken for its own. */
  private static String id(Path folder) throws IOException {
    Optional<String> known = CampaignId.of(folder);
    String id = known.orElseGet(() -> UUID.randomUUID().toString());
    if (known.isEmpty()) {
      CampaignId.write(folder, id);
    }
    return id;
  }

  /** What to go on from, or that there is nothing yet. */
  public CampaignState state() {
    return from.map(RunStore.Restored::state).orElse(CampaignState.EMPTY);
  }

  /** T_i+1, the trainer's incumbent. */
  public Optional<ModelParameters> incumbent() {
    return from.flatMap(RunCampaignStore::model);
  }

  /** pi_i+1, which flies next. */
  public Optional<PolicyDefinition> newest() {
    return from.flatMap(restored -> store.policy(restored.state().iteration() + 1))
        .map(PolicySnapshot::definition);
  }
}
