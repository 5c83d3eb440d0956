package org.planloop.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.planloop.campaign.CampaignState;
import org.planloop.campaign.CampaignStore;
import org.planloop.campaign.Retention;
import org.planloop.campaign.Selection;
import org.planloop.dynamics.ModelParameters;
import org.planloop.planning.PlannerSettings;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.JobResult;

/** A campaign's store in a run folder. */
public final class RunCampaignStore implements CampaignStore {
  private final RunStore iterations;
  private final Path best;
  private final PlannerSettings planner;
  private final double discount;
  private final Retention retention;

  /**
   * @param run the run folder
   * @param planner what an incumbent model is stored with
   * @param retention which iteration folders stay
   */
  public RunCampaignStore(Path run, PlannerSettings planner, double discount, Retention retention)
      throws IOException {
    this.iterations = new RunStore(run.resolve("iterations"));
    this.best = run.resolve("best");
    this.planner = planner;
    this.discount = discount;
    this.retention = retention;
  }

  /** What a run goes on from. */
  public Optional<RunStore.Restored> latest() throws IOException {
    return iterations.latest();
  }

  /** Jobs that came in after the last row; some may be in its state already. */
  public List<JobResult> arrivals() throws IOException {
    return iterations.readArrivals();
  }

  /** The model of a restored state. */
  public static Optional<ModelParameters> model(RunStore.Restored restored) {
    return restored
        .model()
        .map(PolicySnapshot::definition)
        .map(definition -> ((PolicyDefinition.Planned) definition).model());
  }

  @Override
  public void policy(PolicySnapshot snapshot) throws IOException {
    iterations.writePolicy(snapshot);
  }

  @Override
  public Optional<PolicySnapshot> policy(int version) {
    return iterations.readPolicy(version);
  }

  @Override
  public void arrived(List<JobResult> results) throws IOException {
    iterations.writeArrivals(results);
  }

  @Override
  public void forgetArrived() throws IOException {
    iterations.forgetArrivals();
  }

  @Override
  public void row(CampaignState state, Optional<ModelParameters> model) throws IOException {
    iterations.writeState(
        state,
        model.map(
            parameters ->
                new PolicySnapshot(
                    state.iteration() + 1,
                    new PolicyDefinition.Planned(parameters, planner, discount))));
    iterations.prune(version -> retention.keeps(state, version));
  }

  @Override
  public void finished(CampaignState state, Selection selection) throws IOException {
    PolicySnapshot chosen =
        iterations
            .readPolicy(selection.chosen())
            .orElseThrow(
                () ->
                    new IOException("policy " + selection.chosen() + " is not in the run folder"));
    BestPolicy.write(best, chosen, selection);
  }
}
