package org.planloop.join;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.apache.pekko.coordination.lease.kubernetes.NativeKubernetesLease;
import org.apache.pekko.pattern.Patterns;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/**
 * A lease of {@code coordination.k8s.io} that is asked for again and again before it counts as
 * refused. Pekko asks once: then an API server that starts again, or a holder that has just died,
 * would stop whoever is left. Nothing suffers from the wait, as no result rests on membership.
 *
 * <p>Pekko reads the token for the API once, and Kubernetes replaces it every hour; so the lease is
 * made anew when the token's file has changed. Named in {@code lease-class}.
 */
public final class PatientLease extends Lease {
  private static final Logger LOG = LoggerFactory.getLogger(PatientLease.class);

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final LeaseSettings settings;
  private final ExtendedActorSystem system;
  private final Path token;
  private final Duration patience;
  private @Nullable String tokenRead;
  private @Nullable NativeKubernetesLease lease;

  /** Called by Pekko. */
  public PatientLease(LeaseSettings settings, ExtendedActorSystem system) {
    this.settings = settings;
    this.system = system;
    this.token = Path.of(settings.leaseConfig().getString("api-token-path"));
    this.patience = system.settings().config().getDuration("planloop.cluster.lease-patience");
  }

  @Override
  public LeaseSettings getSettings() {
    return settings;
  }

  @Override
  public CompletionStage<Boolean> acquire() {
    return attempt(System.nanoTime() + patience.toNanos(), "");
  }

  @Override
  public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> lost) {
    throw new UnsupportedOperationException("who loses the lease is not told");
  }

  @Override
  public CompletionStage<Boolean> release() {
    return java(current().release());
  }

  @Override
  public synchronized boolean checkLease() {
    return lease != null && lease.checkLease();
  }

  /** The same as before, unless the token has changed since; one that is held stays. */
  private synchronized NativeKubernetesLease current() {
    if (lease == null || !lease.checkLease()) {
      String now = readToken();
      if (lease == null || !now.equals(tokenRead)) {
        lease = new NativeKubernetesLease(settings, system);
        tokenRead = now;
      }
    }
    return lease;
  }

  private String readToken() {
    try {
      return Files.readString(token);
    } catch (IOException e) {
      return ""; // Asking without one fails with the API server's own words.
    }
  }

  private CompletionStage<Boolean> attempt(long until, String before) {
    return java(current().acquire())
        .handle(
            (acquired, failure) -> {
              if (failure == null && acquired) {
                return CompletableFuture.completedFuture(true);
              }
              String why = failure == null ? "another side has it" : text(failure);
              if (!why.equals(before)) {
                LOG.warn("lease {} is not to be had: {}", settings.leaseName(), why);
              }
              if (System.nanoTime() + PAUSE.toNanos() > until) {
                return CompletableFuture.completedFuture(false);
              }
              return Patterns.after(PAUSE, system, () -> attempt(until, why)).toCompletableFuture();
            })
        .thenCompose(outcome -> outcome);
  }

  private static String text(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return String.valueOf(cause.getMessage());
  }

  private static CompletionStage<Boolean> java(Future<Object> future) {
    return FutureConverters.asJava(future).thenApply(Boolean.class::cast);
  }
}
