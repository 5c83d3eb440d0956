package org.planloop.deploy.cluster;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;

/** Work that reads files and speaks to an object store, away from the actor that wants it done. */
final class StoreWork {
  private StoreWork() {}

  /** Runs it on the executor; the future fails with what it throws as the cause. */
  static <T> CompletableFuture<T> run(Callable<T> work, Executor executor) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.call();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        executor);
  }

  /** One line about a failure of {@link #run}; empty for none. */
  static String reason(@Nullable Throwable failure) {
    if (failure == null) {
      return "";
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof IOException || cause instanceof InvalidInputException
        ? String.valueOf(cause.getMessage())
        : cause.toString();
  }
}
