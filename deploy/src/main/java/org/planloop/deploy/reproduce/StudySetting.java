package org.planloop.deploy.reproduce;

import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How a study is run.
 *
 * @param wantedSeeds how many seeds the user asked for; empty for the study's own number
 * @param quick whether a glimpse is wanted, in well under a minute
 * @param campaigns flies whole campaigns
 * @param listener is told how far the study is
 * @param stopped asked now and then; true once the study shall end
 */
public record StudySetting(
    OptionalInt wantedSeeds,
    boolean quick,
    Campaigns campaigns,
    Consumer<String> listener,
    BooleanSupplier stopped) {

  /**
   * How many seeds to run.
   *
   * @param full what the published figures rest on
   * @param glimpse what {@code --quick} makes do with
   */
  public int seeds(int full, int glimpse) {
    return wantedSeeds.orElse(quick ? glimpse : full);
  }

  /**
   * Tells how far the study is. To be called at least every few seconds.
   *
   * @throws StoppedException if the study shall end
   */
  public void progress(String line) {
    if (stopped.getAsBoolean()) {
      throw new StoppedException();
    }
    listener.accept(line);
  }
}
