package org.planloop.deploy.memory;

import java.util.ArrayList;
import java.util.List;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.fitting.EnsembleFitter;
import org.planloop.fitting.TrainerSettings;

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
  private final Place place;
  private final List<Part> parts = new ArrayList<>();

  private TrainerParts(TrainerSettings trainer, EnsembleArchitecture ensemble, Place place) {
    this.trainer = trainer;
    this.ensemble = ensemble;
    this.place = place;
  }

  /**
   * @param place where the fit's tensors live
   * @param iterations snapshots there will be at most
   */
  static List<Part> of(
      TrainerSettings trainer, EnsembleArchitecture ensemble, Place place, int iterations) {
    TrainerParts made = new TrainerParts(trainer, ensemble, place);
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
    int inputs = ensemble.inputs();
    int targets = ensemble.targets() + (ensemble.learnedTermination() ? 1 : 0);
    double rows = (double) trainer.batchSize() * draws;
    double steps =
        Math.min(
            trainer.steps(),
            Math.max(
                1, Math.min(BLOCK_STEPS, Math.floor(BLOCK_FLOATS / (rows * (inputs + targets))))));
    Product block = Product.ONE.key("trainer.batch-size", trainer.batchSize());
    block = draws == 1 ? block : block.key("dynamics.members", draws);
    block = block.times(steps, "steps a block");
    parts.add(
        Part.of(
            "rows of a block",
            Place.NATIVE,
            block.times(inputs + targets + 1, "inputs, targets and index").bytes(FLOAT)));
    int states = ensemble.states().size();
    int row = (2 * states + ensemble.actionSize() + 3) * FLOAT + 1;
    // This block and the next, which is asked for ahead; besides, this one's inputs and targets.
    int each = 2 * (row + 2 * Integer.BYTES) + (inputs + targets) * FLOAT;
    parts.add(
        Part.of("transitions of two blocks", Place.HEAP, block.bytes(each))
            .withArray(block.times(inputs + targets, "inputs and targets")));
    double drawn = rows * trainer.steps() * (inputs + targets);
    parts.add(
        Part.of(
            "rows that are resident",
            place,
            Product.ONE
                .times(
                    Math.min(EnsembleFitter.RESIDENT_FLOATS, drawn),
                    "inputs and targets that are loaded at once, at most")
                .bytes(FLOAT)));
  }

  /** Each hidden layer before and after its activation and its gradient; the batch, the outputs. */
  private void activations() {
    double values =
        3 * EnsembleSize.neurons(ensemble)
            + 2.0 * EnsembleSize.widest(ensemble)
            + 4.0 * ensemble.outputs()
            + ensemble.inputs();
    parts.add(
        Part.of(
            "activations of a step",
            place,
            Product.ONE
                .key("trainer.batch-size", trainer.batchSize())
                .key("dynamics.members", ensemble.members())
                .times(values, "values of dynamics.hidden " + ensemble.hidden())
                .with("dynamics.hidden", EnsembleSize.widest(ensemble), ensemble.hidden())
                .bytes(FLOAT)));
  }
}
