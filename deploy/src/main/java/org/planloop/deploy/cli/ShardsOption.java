package org.planloop.deploy.cli;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.planloop.replay.ReplaySettings;
import picocli.CommandLine.Option;

/** {@code --shards}: how many shards a campaign is to have from now on. */
final class ShardsOption {
  @Option(
      names = "--shards",
      paramLabel = "M",
      description =
          "How many replay shards it has from now on, 1 to 1024; its results stay the same to the"
              + " byte. Default: as many as before.")
  private @Nullable Integer shards;

  /**
   * What was asked for; empty for as many as before.
   *
   * @throws org.planloop.data.InvalidInputException if no campaign can have as many
   */
  OptionalInt value() {
    if (shards == null) {
      return OptionalInt.empty();
    }
    ReplaySettings.checkShards("--shards", shards);
    return OptionalInt.of(shards);
  }
}
