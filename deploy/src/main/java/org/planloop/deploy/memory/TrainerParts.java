package org.planloop.deploy.memory;

import java.util.ArrayList;
import java.util.List;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.fitting.EnsembleFitter;
import org.planloop.fitting.TrainerSettings;
import org.planloop.torch.Precision;

/**
 * What the fit of an ensemble holds: parameters with Adam's moments, the batches of a block of
 * steps, and what a step remembers for its way back.
 */
final class TrainerParts {
  /** Floats of a block's rows, beyond which a block has fewer steps; as in the fit's own code. */
  private static final double BLOCK_FLOATS = 1 << 22;

  /** Most steps of a block; as in the fit's own code. */
  private static final double BLOCK_STEPS = 100;

  /** No snapshot that is broadcast is larger; as in the broadcast's own code. */
  private static final double SNAPSHOT_BYTES = 1 << 30;

  /** Newest snapshots that publisher and cache keep, each of them. */
  private static final int SNAPSHOTS_KEPT = 4;

  private static final int FLOAT = Float.BYTES;

  private final TrainerSettings trainer;
  private final EnsembleArchitecture ensemble;
  private final Rows rows;
  private final Place place;
  private final List<Part> parts = new ArrayList<>();

  /**
   * What the last fit of a campaign may draw from.
   *
   * @param count transitions of both sides
   * @param definite whether there will really be so many
   */
  record Rows(double count, boolean definite) {}

  private TrainerParts(
      TrainerSettings trainer, EnsembleArchitecture ensemble, Rows rows, Place place) {
    this.trainer = trainer;
    this.ensemble = ensemble;
    this.rows = rows;
    this.place = place;
  }

  /**
   * @param place where the fit's tensors live
   * @param iterations snapshots there will be at most
   */
  static List<Part> of(
      TrainerSettings trainer,
      EnsembleArchitecture ensemble,
      Rows rows,
      Place place,
      int iterations) {
    TrainerParts made = new TrainerParts(trainer, ensemble, rows, place);
    made.parameters(iterations);
    made.batches();
    made.activations();
    return made.parts;
  }

  private Product weights() {
    return Product.ONE
        .key("dynamics.members", ensemble.members())
        .times(
            EnsembleSize.weightsOfMember(ensemble),
            "weights of dynamics.hidden " + ensemble.hidden())
        .with("dynamics.hidden", EnsembleSize.widest(ensemble), ensemble.hidden());
  }

  private void parameters(int iterations) {
    parts.add(
        Part.of(
                "parameters of the fit",
                place,
                weights().times(5, "times: weights, two moments, gradient, copy").bytes(FLOAT))
            .within(
                weights(),
                Integer.MAX_VALUE,
                "a tensor that Java reads holds at most 2147483647 values"));
    parts.add(
        Part.of(
            "parameters in Java",
            Place.HEAP,
            weights().times(5, "times: previous, first, latest, verified, best").bytes(FLOAT)));
    double kept = Math.min(SNAPSHOTS_KEPT, iterations);
    parts.add(
        Part.of(
                "policy snapshots",
                Place.HEAP,
                weights().times(2 * kept, "copies: published and cached").bytes(FLOAT))
            .within(
                weights().bytes(FLOAT),
                SNAPSHOT_BYTES,
                "a policy snapshot may have at most 1 GiB"));
  }

  private void batches() {
    int draws = trainer.draw() == TrainerSettings.Draw.SHARED ? 1 : ensemble.members();
    double batches = (double) trainer.batchSize() * draws;
    double steps =
        Math.min(
            trainer.steps(),
            Math.max(1, Math.min(BLOCK_STEPS, Math.floor(BLOCK_FLOATS / (batches * rowWidth())))));
    Product block = Product.ONE.key("trainer.batch-size", trainer.batchSize());
    block = draws == 1 ? block : block.key("dynamics.members", draws);
    block = block.times(steps, "steps a block");
    parts.add(Part.of("indices of a block", place, block.bytes(Integer.BYTES)));
    // This block's, the next one's, which is drawn ahead, and a lane's share.
    parts.add(
        Part.of(
                "indices of blocks",
                Place.HEAP,
                block.times(draws == 1 ? 2 : 3, "copies").bytes(Integer.BYTES))
            .withArray(block));
    // As in the fit's own code: all rows are loaded once, or those of a block with each block.
    boolean resident =
        rows.count() * rowWidth() <= EnsembleFitter.RESIDENT_FLOATS
            && rows.count() <= batches * trainer.steps();
    if (resident) {
      parts.add(
          Part.of(
                  "rows of the fit",
                  place,
                  Product.ONE
                      .times(rows.count(), "transitions")
                      .times(rowWidth(), "inputs and targets")
                      .bytes(FLOAT))
              .onlyIf(rows.definite()));
      return;
    }
    // A row that is drawn several times in a block is loaded once.
    Product loaded =
        rows.count() < block.value() ? Product.ONE.times(rows.count(), "transitions") : block;
    parts.add(
        Part.of(
                "rows of the fit",
                place,
                loaded.times(rowWidth(), "inputs and targets").bytes(FLOAT))
            .onlyIf(rows.definite()));
    int states = ensemble.states().size();
    int row = (2 * states + ensemble.actionSize() + 3) * FLOAT + 1;
    parts.add(
        Part.of("transitions of two blocks", Place.HEAP, loaded.bytes(2 * row + rowWidth() * FLOAT))
            .withArray(loaded.times(rowWidth(), "inputs and targets"))
            .onlyIf(rows.definite()));
  }

  private int rowWidth() {
    return ensemble.inputs() + ensemble.targets() + (ensemble.learnedTermination() ? 1 : 0);
  }

  /**
   * For each hidden layer what goes into its activation, what comes out and the gradient; the
   * batch; the outputs and their gradient. In bf16 all but the first layer's are half as wide, and
   * the last layer's outputs are there once more; where the device turns out to have fp32 alone, it
   * is as without: the more of the two counts.
   */
  private void activations() {
    List<Integer> hidden = ensemble.hidden();
    double neurons = EnsembleSize.neurons(ensemble);
    double bytes = 3.0 * FLOAT * neurons;
    if (trainer.precision() == Precision.BF16) {
      double ends = (hidden.get(0) + hidden.get(hidden.size() - 1)) * (double) FLOAT;
      bytes = Math.max(bytes, bytes / 2 + ends);
    }
    boolean shared = trainer.draw() == TrainerSettings.Draw.SHARED;
    bytes += FLOAT * (2.0 * ensemble.outputs() + (shared ? 0 : rowWidth()));
    parts.add(
        Part.of(
            "activations of a step",
            place,
            Product.ONE
                .key("trainer.batch-size", trainer.batchSize())
                .key("dynamics.members", ensemble.members())
                .with("dynamics.hidden", EnsembleSize.widest(ensemble), hidden)
                .bytes(bytes, "of dynamics.hidden " + hidden)));
  }
}
