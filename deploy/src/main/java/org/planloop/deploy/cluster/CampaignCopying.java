package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.objectstore.BackgroundCopier;
import org.planloop.deploy.objectstore.CopyMetrics;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.RunCopy;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies a trainer's campaigns to an object store, and brings others from it. */
final class CampaignCopying {
  private static final Logger LOG = LoggerFactory.getLogger(CampaignCopying.class);

  private final Path runs;
  private final StoreSettings settings;
  private final Function<StoreSettings, ObjectStore> stores;
  private final ObjectStore store;
  private final ShardErrands shards;
  private final MeterRegistry registry;
  private final Executor restoring;

  /**
   * @param runs folder of the run folders
   * @param stores opens a store
   * @param restoring runs restorations, one at a time
   */
  CampaignCopying(
      ActorSystem<?> system,
      Path runs,
      StoreSettings settings,
      Function<StoreSettings, ObjectStore> stores,
      MeterRegistry registry,
      Executor restoring) {
    this.runs = runs;
    this.settings = settings;
    this.stores = stores;
    this.store = stores.apply(settings);
    this.shards = new ShardErrands(system);
    this.registry = registry;
    this.restoring = restoring;
  }

  /** From now on a campaign's checkpoints are copied. */
  void copy(String campaign, CampaignRecord record) {
    StoreLocation place =
        new StoreLocation(settings.location().bucket(), settings.location().key(campaign));
    record.copiedBy(
        new BackgroundCopier(
            campaign,
            new RunCopy(
                store,
                place.key(""),
                new RunCopy.Source(
                    record.path(), campaign, record.experiment().name(), settings.keep()),
                shards.copies(campaign, place.toString(), record.experiment().replay().shards())),
            BackgroundCopier.USUAL,
            new CopyMetrics(registry, campaign),
            line -> {
              LOG.warn("campaign {}: {}", campaign, line);
              record.warning(line);
            }));
  }

  /** A finished campaign is copied unless it was to its end. */
  void copyFinished(String campaign, CampaignRecord record) {
    if (!Files.exists(record.path().resolve(RunCopy.COPIED))) {
      copy(campaign, record);
    }
  }

  /**
   * @param reader of configurations
   */
  Restoration restoration(Restoration.Wanted wanted, ExperimentReader reader) {
    return new Restoration(
        new Restoration.Surroundings(runs, settings, stores, shards, reader), wanted);
  }

  /** Runs it on its own thread. */
  CompletableFuture<Path> run(Restoration restoration) {
    return StoreWork.run(restoration::run, restoring);
  }
}
