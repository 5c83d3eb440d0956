package org.planloop.fitting;

import static org.planloop.data.InvalidInputException.check;

import org.planloop.torch.Device;
import org.planloop.torch.Precision;

/**
 * How a model is fitted; the section {@code trainer} of the configuration.
 *
 * @param batchSize rows a member sees in a step, both sides together
 * @param steps gradient steps of a fit
 * @param warmSteps gradient steps of a fit that starts from the previous model's weights; 0 for as
 *     many as {@code steps}
 * @param learningRate Adam's, at the start of the fit
 * @param finalLearningRate Adam's at the end of the fit, reached exponentially
 * @param weightDecay decoupled or added to the gradient as in Adam's weight_decay; 0 for none
 * @param start whether a fit starts from new weights or from the previous model's
 * @param draw how members get different data
 * @param validation share of each side's rows that is held out, 0 for none
 * @param patience evaluations of the held-out loss without improvement before a fit stops, 0 for
 *     never
 * @param restarts how often a diverging fit starts again from its last good weights, at half the
 *     learning rate
 * @param threads cores that share an ensemble's members between them, 0 for all of them; of no
 *     influence on the result
 * @param device where an ensemble is fitted
 * @param precision of the products between hidden layers, where the device has it
 */
public record TrainerSettings(
    int batchSize,
    int steps,
    int warmSteps,
    double learningRate,
    double finalLearningRate,
    double weightDecay,
    Start start,
    Draw draw,
    double validation,
    int patience,
    int restarts,
    int threads,
    Device device,
    Precision precision) {
  /** Where a fit starts. */
  public enum Start {
    COLD,
    WARM
  }

  /** How members get different data. */
  public enum Draw {
    /** Every member draws its own batches from all rows. */
    INDEPENDENT,
    /** Every member draws from its own bootstrap sample of the rows. */
    BOOTSTRAP,
    /** All members see the same batches. */
    SHARED
  }

  public TrainerSettings {
    check(
        batchSize >= 1 && batchSize <= 65_536,
        "trainer.batch-size",
        batchSize,
        "must be from 1 to 65536");
    check(
        steps >= 1 && steps <= 100_000_000, "trainer.steps", steps, "must be from 1 to 100000000");
    check(
        warmSteps >= 0 && warmSteps <= 100_000_000,
        "trainer.warm-steps",
        warmSteps,
        "must be from 0 (as many as trainer.steps) to 100000000");
    check(
        learningRate > 0 && learningRate <= 10,
        "trainer.learning-rate",
        learningRate,
        "must be above 0 and at most 10");
    check(
        finalLearningRate > 0 && finalLearningRate <= learningRate,
        "trainer.final-learning-rate",
        finalLearningRate,
        "must be above 0 and at most trainer.learning-rate = " + learningRate);
    check(
        weightDecay >= 0 && weightDecay <= 1,
        "trainer.weight-decay",
        weightDecay,
        "must be from 0 to 1");
    check(
        validation >= 0 && validation <= 0.9,
        "trainer.validation",
        validation,
        "must be from 0 to 0.9");
    check(
        patience >= 0 && patience <= 1_000_000,
        "trainer.patience",
        patience,
        "must be from 0 (never stop early) to 1000000");
    check(restarts >= 0 && restarts <= 10, "trainer.restarts", restarts, "must be from 0 to 10");
    check(
        threads >= 0 && threads <= 256,
        "trainer.threads",
        threads,
        "must be from 0 (all cores) to 256");
  }

  /** Gradient steps of a fit that starts from the previous model's weights, or does not. */
  int steps(boolean warm) {
    return warm && warmSteps > 0 ? warmSteps : steps;
  }

  /** Threads of a fit on this machine: as many as there are cores where {@code threads} is 0. */
  public int threadsHere() {
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }
}
