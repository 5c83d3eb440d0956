package org.planloop.deploy.cli;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.ClusterClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop campaign}: what is done to a campaign that runs on a cluster. */
@Command(
    name = "campaign",
    description =
        "Call a campaign of a cluster off, have a failed one tried again, an earlier policy fly, or"
            + " a campaign of another cluster go on here.")
final class CampaignCommand implements Callable<Integer> {
  /** What is to be done. */
  enum Action {
    CANCEL,
    RETRY,
    ROLLBACK,
    RESTORE
  }

  private final Context context;

  @Parameters(
      index = "0",
      paramLabel = "cancel|retry|rollback|restore",
      description =
          "cancel: stop it for good; what is final stays on the trainer's node. retry: go on with a"
              + " failed one from its last checkpoint. rollback: have an earlier policy fly in the"
              + " place of the next one. restore: go on here with one that another cluster has"
              + " copied to an object store; this cluster's nodes must reach it (node"
              + " --object-store).")
  private Action action = Action.RETRY;

  @Parameters(
      index = "1",
      paramLabel = "ID",
      description =
          "As 'planloop status' names it; with restore s3://BUCKET/PREFIX/CAMPAIGN, as 'planloop"
              + " restore --list' does.")
  private String campaign = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "VERSION",
      description = "With rollback: i of the policy pi_i that is to fly again.")
  private int version;

  @Option(
      names = "--checkpoint",
      paramLabel = "NAME",
      description = "With restore: which one. Default: the newest that is whole.")
  private String checkpoint = "";

  @Mixin private final ShardsOption shards = new ShardsOption();

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  CampaignCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    OptionalInt asked = shards.value();
    if (asked.isPresent() && action != Action.RESTORE) {
      throw new InvalidInputException(
          "--shards "
              + asked.getAsInt()
              + ": is for restore; a campaign that is here has other shards only after it is"
              + " stopped: planloop replay reshard");
    }
    try (ClusterClient client = new ClusterClient(cluster.access())) {
      switch (action) {
        case CANCEL -> client.cancel(campaign);
        case RETRY -> client.goOn(campaign);
        case RESTORE ->
            campaign =
                client.restore(campaign, checkpoint, asked.orElse(0), context.console()::say);
        case ROLLBACK -> client.rollBack(campaign, version);
      }
    }
    context.console().say(campaign + ": " + action.name().toLowerCase(Locale.ROOT));
    return Main.DONE;
  }
}
