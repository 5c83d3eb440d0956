package org.planloop.fitting;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Waiting for rows that were asked for. */
final class Answers {
  private Answers() {}

  /**
   * Waits; an interrupt (the fit is cancelled) ends the wait.
   *
   * @throws CompletionException if the rows could not be had, with the reason as its cause
   */
  static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException("interrupted while waiting for training rows", e);
    } catch (ExecutionException e) {
      throw new CompletionException("training rows could not be read", e.getCause());
    }
  }
}
