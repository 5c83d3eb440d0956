package org.planloop.deploy.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.CampaignObserver;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.CampaignStarter;
import org.planloop.deploy.node.RunningCampaign;
import org.planloop.storage.AtomicFile;

/**
 * Runs campaigns on a cluster. The run folder here follows the one there; {@code cluster.json} in
 * it says where that is, so that whoever was cut off finds it again.
 */
public final class RemoteCampaigns implements CampaignStarter {
  private static final String FILE = "cluster.json";

  /** For a cluster to accept a campaign: wrong seeds should be told soon. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For what it has accepted to be found again, while its trainer starts anew. */
  private static final Duration FOLLOWING = Duration.ofMinutes(2);

  /** For a cluster that is followed to answer again: nobody looks after it on a weekend. */
  private static final Duration SILENCE = Duration.ofDays(3);

  private static final Duration PAUSE = Duration.ofMillis(300);

  private final ClusterAccess access;
  private final Optional<String> attach;
  private final String token;
  private Duration silence = SILENCE;

  /**
   * What a run folder says about where its campaign runs.
   *
   * @param clientListen empty for what clientBind resolves to; older folders lack it
   * @param tls the folder of certificates; empty for none
   */
  private record Whereabouts(
      String cluster,
      List<String> seeds,
      String clientBind,
      @Nullable String clientListen,
      String tls,
      String campaign) {}

  /**
   * @param attach a campaign that runs already; empty to submit a new one
   */
  public RemoteCampaigns(ClusterAccess access, Optional<String> attach) {
    this(access, attach, UUID.randomUUID().toString());
  }

  private RemoteCampaigns(ClusterAccess access, Optional<String> attach, String submission) {
    this.access = access;
    this.attach = attach;
    this.token = mark(submission);
  }

  /** What the ids of a submission's campaign end with. */
  public static String mark(String submission) {
    return UUID.nameUUIDFromBytes(submission.getBytes(StandardCharsets.UTF_8))
        .toString()
        .substring(0, 8);
  }

  /**
   * Submits a campaign once, however often it is asked to.
   *
   * @param submission whatever tells this submission from others: under the same text the cluster
   *     has the same campaign
   */
  public static RemoteCampaigns once(ClusterAccess access, String submission) {
    return new RemoteCampaigns(access, Optional.empty(), submission);
  }

  /**
   * The starter that finds the campaign of a run folder again; empty if it ran on no cluster.
   *
   * @throws InvalidInputException if what the folder says cannot be read
   */
  public static Optional<RemoteCampaigns> of(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Whereabouts found = Texts.read(Files.readString(file), Whereabouts.class);
      return Optional.of(
          new RemoteCampaigns(
              new ClusterAccess(
                  found.cluster(),
                  found.seeds().stream().map(seed -> HostPort.parse(FILE, seed, 1)).toList(),
                  listening(found),
                  found.tls().isEmpty() ? Optional.empty() : Optional.of(Path.of(found.tls()))),
              Optional.of(found.campaign())));
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Optional<Listening> listening(Whereabouts found) {
    if (found.clientBind().isEmpty()) {
      return Optional.empty();
    }
    String listen = found.clientListen();
    return Optional.of(
        Listening.parse(
            FILE,
            found.clientBind(),
            FILE,
            listen == null || listen.isEmpty() ? Optional.empty() : Optional.of(listen),
            0));
  }

  /** Gives a cluster that is followed less time, or more, to answer again. */
  RemoteCampaigns enduring(Duration otherSilence) {
    silence = otherSilence;
    return this;
  }

  @Override
  public RunningCampaign start(
      Experiment experiment, Parts parts, Path folder, CampaignObserver observer) {
    ClusterClient client = new ClusterClient(access);
    try {
      String campaign =
          attach.isPresent()
              ? attach.get()
              : patiently(
                  PATIENCE,
                  observer,
                  () ->
                      client.submit(token, experiment.name(), ExperimentWriter.render(experiment)));
      remember(folder, campaign);
      return follow(client, campaign, folder, observer);
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private RunningCampaign follow(
      ClusterClient client, String campaign, Path folder, CampaignObserver observer) {
    try {
      return patiently(
          FOLLOWING,
          observer,
          () -> new RemoteCampaign(client, campaign, folder, observer, silence));
    } catch (ClusterClient.NoAnswerException e) {
      throw new ClusterClient.NoAnswerException(
          e.getMessage()
              + "; campaign "
              + campaign
              + " is the cluster's all the same: follow it with train --cluster --attach "
              + campaign);
    }
  }

  /** A cluster that has just been started, or whose trainer starts again, is given some time. */
  private static <T> T patiently(
      Duration patience, CampaignObserver observer, Supplier<T> question) {
    long until = System.nanoTime() + patience.toNanos();
    boolean told = false;
    while (true) {
      try {
        return question.get();
      } catch (ClusterClient.NoAnswerException e) {
        if (System.nanoTime() > until) {
          throw e;
        }
        if (!told) {
          observer.warning(e.getMessage() + "; waiting up to " + patience.toSeconds() + " s");
          told = true;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private void remember(Path folder, String campaign) {
    Whereabouts here =
        new Whereabouts(
            access.cluster(),
            access.seeds().stream().map(HostPort::toString).toList(),
            access.listening().map(there -> there.reached().toString()).orElse(""),
            access.listening().flatMap(Listening::here).orElse(""),
            access.tls().map(path -> path.toAbsolutePath().toString()).orElse(""),
            campaign);
    try {
      AtomicFile.write(
          folder.resolve(FILE), (Texts.write(here) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new InvalidInputException(folder + " cannot be written: " + e.getMessage(), e);
    }
  }
}
