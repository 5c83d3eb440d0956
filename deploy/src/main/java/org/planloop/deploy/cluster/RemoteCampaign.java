package org.planloop.deploy.cluster;

import static java.util.Locale.ROOT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.deploy.cluster.CampaignRecord.Phase;
import org.planloop.deploy.node.CampaignFailedException;
import org.planloop.deploy.node.RunningCampaign;
import org.planloop.deploy.report.RunFolder;
import org.planloop.storage.AtomicFile;

/**
 * A campaign of a cluster, followed from here: asks for what is new twice a second, on a thread of
 * its own, until the cluster has been silent for long. Closing it lets the campaign go on.
 */
final class RemoteCampaign implements RunningCampaign {
  private static final Duration POLL = Duration.ofMillis(500);

  /** So many questions without an answer, and the user is told. */
  private static final int UNANSWERED = 3;

  private static final List<String> BEST =
      List.of("policy.json", "model.safetensors", "selection.json");

  private final ClusterClient client;
  private final String campaign;
  private final Path folder;
  private final CampaignObserver observer;
  private final Duration silence;
  private final List<ProgressRow> earlier = new ArrayList<>();
  private final List<AuditEntry> decided = new ArrayList<>();
  private final CompletableFuture<Summary> result = new CompletableFuture<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread follower;
  private int rows;
  private int decisions;
  private long warnings;
  private String told = "";

  /**
   * @param client closed with this
   * @param folder where the best policy is put
   * @param silence of the cluster after which it is not asked any more
   */
  RemoteCampaign(
      ClusterClient client,
      String campaign,
      Path folder,
      CampaignObserver observer,
      Duration silence) {
    this.client = client;
    this.campaign = campaign;
    this.folder = folder;
    this.observer = observer;
    this.silence = silence;
    catchUp();
    follower = new Thread(this::follow, "planloop-follower");
    follower.setDaemon(true);
    follower.start();
  }

  /** All that is final already. */
  private void catchUp() {
    Campaigning.Page page;
    do {
      page = client.page(campaign, rows, decisions, warnings);
      page.rows().forEach(row -> earlier.add(Texts.read(row, ProgressRow.class)));
      page.decisions().forEach(entry -> decided.add(Texts.read(entry, AuditEntry.class)));
      advance(page);
      warnings = page.warned();
    } while (!page.rows().isEmpty() || !page.decisions().isEmpty());
  }

  private void advance(Campaigning.Page page) {
    rows += page.rows().size();
    decisions += page.decisions().size();
  }

  @Override
  public List<ProgressRow> earlier() {
    return List.copyOf(earlier);
  }

  @Override
  public List<AuditEntry> decided() {
    return List.copyOf(decided);
  }

  @Override
  public CompletableFuture<Summary> result() {
    return result;
  }

  @Override
  public String afterSignal(Path run) {
    return "detached; campaign "
        + campaign
        + " goes on. Follow it again with: planloop train --resume "
        + run;
  }

  private void follow() {
    int unanswered = 0;
    long answered = System.nanoTime();
    try {
      do {
        try {
          if (look()) {
            return;
          }
          unanswered = 0;
          answered = System.nanoTime();
        } catch (ClusterClient.NoAnswerException e) {
          if (System.nanoTime() - answered > silence.toNanos()) {
            throw gone(e);
          }
          if (++unanswered == UNANSWERED) {
            observer.warning(e.getMessage() + "; still trying");
          }
        }
      } while (!stopped.await(POLL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  private CampaignFailedException gone(ClusterClient.NoAnswerException last) {
    return new CampaignFailedException(
        "nobody has answered for "
            + Duration.ofSeconds(silence.toSeconds()).toString().substring(2).toLowerCase(ROOT)
            + " ("
            + last.getMessage()
            + "); campaign "
            + campaign
            + " is the cluster's all the same: follow it with train --resume "
            + folder);
  }

  /** Returns whether the campaign is over and all of it is here. */
  private boolean look() {
    Campaigning.Page page = client.page(campaign, rows, decisions, warnings);
    page.decisions().forEach(entry -> observer.decided(Texts.read(entry, AuditEntry.class)));
    page.rows().forEach(row -> observer.row(Texts.read(row, ProgressRow.class)));
    page.warnings().forEach(observer::warning);
    if (page.iteration() > 0 || page.envSteps() > 0) {
      observer.flown(page.iteration(), page.envSteps());
    }
    advance(page);
    warnings = page.warned();
    tell(page);
    if (!page.rows().isEmpty() || !page.decisions().isEmpty()) {
      return false;
    }
    return over(page);
  }

  private void tell(Campaigning.Page page) {
    String state = page.phase() + page.reason();
    boolean worth =
        page.phase().equals(Phase.WAITING_FOR_REPLAY.name())
            || page.phase().equals(Phase.RETRYING.name());
    if (worth && !state.equals(told)) {
      observer.warning(
          page.phase().equals(Phase.RETRYING.name())
              ? "the campaign failed and is tried again: " + page.reason()
              : "the campaign waits for its replay shards: " + page.reason());
    }
    told = state;
  }

  private boolean over(Campaigning.Page page) {
    if (!page.summary().isEmpty()) {
      fetchBest();
      result.complete(Texts.read(page.summary(), Summary.class));
    } else if (page.phase().equals(Phase.FAILED.name())) {
      result.completeExceptionally(
          new CampaignFailedException(
              page.reason() + "; once that is mended, go on with: planloop campaign retry"));
    } else if (page.phase().equals(Phase.CANCELLED.name())) {
      result.completeExceptionally(
          new CampaignFailedException("campaign " + campaign + " was called off"));
    }
    return result.isDone();
  }

  private void fetchBest() {
    try {
      Path best = Files.createDirectories(folder.resolve(RunFolder.BEST));
      for (String name : BEST) {
        Optional<byte[]> bytes = client.file(campaign, RunFolder.BEST + "/" + name);
        if (bytes.isPresent()) {
          AtomicFile.write(best.resolve(name), bytes.get());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    try {
      follower.join(Duration.ofSeconds(30).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.close();
    result.cancel(false);
  }
}
