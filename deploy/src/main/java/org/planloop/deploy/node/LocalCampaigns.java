package org.planloop.deploy.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ExpertRecording;
import org.planloop.campaign.Retention;
import org.planloop.checkpoint.RunCampaignStore;
import org.planloop.checkpoint.RunStore;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.Parts;
import org.planloop.expert.Experts;
import org.planloop.expert.RecordedData;
import org.planloop.storage.AtomicFile;

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
    this.registry = registry;
    this.overrides = overrides;
  }

  @Override
  public RunningCampaign start(
      Experiment experiment, Parts parts, Path folder, CampaignObserver observer) {
    Wiring wiring = new Wiring(experiment, parts);
    try {
      RunCampaignStore store =
          new RunCampaignStore(
              folder,
              experiment.planner(),
              experiment.discount(),
              new Retention(experiment.campaign().keepIterations()));
      Optional<RunStore.Restored> from = store.latest();
      // Read before anything is made, so that bad data is refused with nothing half written.
      Optional<ExpertRecording> recording =
          from.isEmpty() && experiment.expert().kind().equals(Experts.RECORDED)
              ? Optional.of(recording(experiment, wiring))
              : Optional.empty();
      DeviceWarnings.of(experiment).forEach(observer::warning);
      String path = experiment.replay().path();
      return new LocalRun(
          experiment,
          wiring,
          new LocalRun.Surroundings(
              id(folder.resolve("iterations")),
              path.isBlank() ? folder.resolve("replay") : Path.of(path),
              store,
              from,
              recording,
              observer,
              registry,
              overrides
                  .withFallback(ConfigFactory.parseString(ACTORS))
                  .withFallback(ConfigFactory.load())));
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

  /**
   * The campaign's id: drawn once, kept with the run, so that replay files of another run are never
   * taken for its own.
   */
  private static String id(Path iterations) throws IOException {
    Path file = iterations.resolve("id");
    if (!Files.exists(file)) {
      AtomicFile.write(file, UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
    }
    return Files.readString(file).strip();
  }
}
