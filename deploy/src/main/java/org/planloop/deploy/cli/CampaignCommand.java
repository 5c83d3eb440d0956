package org.planloop.deploy.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.planloop.deploy.cluster.ClusterClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code planloop campaign}: what is done to a campaign that runs on a cluster. */
@Command(
    name = "campaign",
    description = "Call a campaign of a cluster off, or have a failed one tried again.")
final class CampaignCommand implements Callable<Integer> {
  /** What is to be done. */
  enum Action {
    CANCEL,
    RETRY
  }

  private final Context context;

  @Parameters(
      index = "0",
      paramLabel = "cancel|retry",
      description =
          "cancel: stop it for good; what is final stays on the trainer's node. retry: go on with a"
              + " failed one from its last checkpoint.")
  private Action action = Action.RETRY;

  @Parameters(index = "1", paramLabel = "ID", description = "As 'planloop status' names it.")
  private String campaign = "";

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  CampaignCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (ClusterClient client = new ClusterClient(cluster.access())) {
      switch (action) {
        case CANCEL -> client.cancel(campaign);
        case RETRY -> client.goOn(campaign);
      }
    }
    context.console().say(campaign + ": " + action.name().toLowerCase(Locale.ROOT));
    return Main.DONE;
  }
}
