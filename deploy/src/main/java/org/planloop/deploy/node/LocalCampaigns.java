package org.planloop.deploy.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.planloop.campaign.CampaignObserver;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.S3ObjectStore;
import org.planloop.deploy.objectstore.StoreSettings;

/** Runs campaigns in this process. */
public final class LocalCampaigns implements CampaignStarter {
  /** The run reports to its user itself, closes in its own order, and has no port. */
  private static final String ACTORS =
      """
      pekko.loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
      pekko.logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
      pekko.loglevel = WARNING
      pekko.stdout-loglevel = OFF
      pekko.log-dead-letters = off
      pekko.log-dead-letters-during-shutdown = off
      pekko.actor.provider = local
      pekko.actor.allow-java-serialization = off
      pekko.jvm-shutdown-hooks = off
      pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
      """;

  private final MeterRegistry registry;
  private final Config overrides;
  private final BiFunction<Integer, Executor, Executor> flying;
  private final Optional<StoreSettings> copied;
  private final Function<StoreSettings, ObjectStore> stores;

  /**
   * @param copied where checkpoints are copied to
   * @param stores opens it
   */
  public LocalCampaigns(
      MeterRegistry registry, StoreSettings copied, Function<StoreSettings, ObjectStore> stores) {
    this(
        registry, ConfigFactory.empty(), (worker, threads) -> threads, Optional.of(copied), stores);
  }

  /**
   * @param registry where all components count
   */
  public LocalCampaigns(MeterRegistry registry) {
    this(registry, ConfigFactory.empty());
  }

  /**
   * @param overrides settings of the actor system that win over the run's own; for tests
   */
  LocalCampaigns(MeterRegistry registry, Config overrides) {
    this(registry, overrides, (worker, threads) -> threads);
  }

  /**
   * @param flying the threads of a worker by its number, given those of all; for tests
   */
  LocalCampaigns(
      MeterRegistry registry, Config overrides, BiFunction<Integer, Executor, Executor> flying) {
    this(registry, overrides, flying, Optional.empty(), S3ObjectStore::new);
  }

  LocalCampaigns(
      MeterRegistry registry,
      Config overrides,
      BiFunction<Integer, Executor, Executor> flying,
      Optional<StoreSettings> copied,
      Function<StoreSettings, ObjectStore> stores) {
    this.registry = registry;
    this.overrides = overrides;
    this.flying = flying;
    this.copied = copied;
    this.stores = stores;
  }

  @Override
  public RunningCampaign start(
      Experiment experiment, Parts parts, Path folder, CampaignObserver observer) {
    Wiring wiring = new Wiring(experiment, parts);
    CampaignFolder campaign = CampaignFolder.open(folder, experiment, wiring);
    HardwareWarnings.of(experiment).forEach(observer::warning);
    CopiedRun.Starter starter =
        watching ->
            new LocalRun(
                experiment,
                wiring,
                new LocalRun.Surroundings(
                    campaign,
                    experiment.replay().folder(folder),
                    watching,
                    registry,
                    overrides
                        .withFallback(ConfigFactory.parseString(ACTORS))
                        .withFallback(ConfigFactory.load()),
                    flying));
    try {
      return copied.isEmpty()
          ? starter.start(observer)
          : new CopiedRun(
              stores.apply(copied.get()),
              copied.get(),
              folder,
              campaign.id(),
              experiment,
              observer,
              registry,
              starter);
    } catch (IOException e) {
      throw new InvalidInputException(
          folder + " cannot be used as a run folder: " + e.getMessage(), e);
    }
  }
}
