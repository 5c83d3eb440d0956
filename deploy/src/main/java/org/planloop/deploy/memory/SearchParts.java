package org.planloop.deploy.memory;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.Propagation;
import org.planloop.planning.PlannerSettings;
import org.planloop.torch.Precision;

/**
 * What callers that sample plans hold at a time: candidates and predictions in Java, and what an
 * ensemble needs to predict them. Shapes as in {@link org.planloop.dynamics.RolloutRequest}.
 */
final class SearchParts {
  /** Activations of one layer that a call is cut to, in floats; as in the rollout's own code. */
  private static final double LAYER_FLOATS = 1 << 19;

  /** Inputs and results that a call is cut to, in floats; as in the rollout's own code. */
  private static final double TRANSFER_FLOATS = 1 << 24;

  /** Sizes of calls that memory is kept for; as in the rollout's own code. */
  private static final int WORKSPACES = 8;

  private static final int FLOAT = Float.BYTES;

  /** A random stream with its reference. */
  private static final int STREAM = 40;

  private final Search search;
  private final PlannerSettings planner;
  private final List<Part> parts = new ArrayList<>();

  /**
   * Who plans.
   *
   * @param section where its keys are, {@code planner} or {@code expert.options}
   * @param problems G, planned as one batch, as the keys say it
   * @param callers that plan at once, each with planner and model of its own
   * @param place where an ensemble's tensors live
   */
  record Search(
      String section,
      PlannerSettings planner,
      Product problems,
      int callers,
      int stateSize,
      int actionSize,
      Place place) {}

  private SearchParts(Search search) {
    this.search = search;
    this.planner = search.planner();
  }

  /** Planning in a model without members: candidates and predictions alone. */
  static List<Part> of(Search search) {
    SearchParts made = new SearchParts(search);
    made.java(search.stateSize());
    return made.parts;
  }

  /** Planning in an ensemble. */
  static List<Part> of(Search search, EnsembleArchitecture ensemble) {
    SearchParts made = new SearchParts(search);
    made.java(width(ensemble));
    made.calls(ensemble);
    return made.parts;
  }

  private static int width(EnsembleArchitecture a) {
    return a.targets() + (a.learnedTermination() ? 1 : 0);
  }

  private Product plans() {
    return Product.ONE
        .key(search.section() + ".population", planner.population())
        .times(search.problems());
  }

  private Product steps() {
    return plans().key(search.section() + ".horizon", planner.horizon());
  }

  private Product eachCaller(Product one) {
    return one.times(search.callers(), "callers at a time");
  }

  /**
   * @param width numbers a predicted step
   */
  private void java(int width) {
    Product actions = steps().times(search.actionSize(), "action values");
    double candidates = 0;
    for (int round = 0; round < planner.roundsFlown(); round++) {
      candidates += planner.population(round);
    }
    // The array of every round is kept for the next plan.
    Product rounds =
        actions.times(
            candidates / planner.population(),
            "populations in " + search.section() + ".rounds " + planner.roundsFlown());
    parts.add(
        Part.of("candidate plans", Place.HEAP, eachCaller(rounds).bytes(FLOAT)).withArray(actions));
    // An expert's are few and no setting.
    if (planner.keep() > 0 && search.section().equals("planner")) {
      Product kept =
          Product.ONE
              .key(search.section() + ".keep", planner.keep())
              .key(search.section() + ".horizon", planner.horizon())
              .times(search.actionSize(), "action values");
      Product all = kept.times(search.problems()).times(2, "copies");
      parts.add(Part.of("kept plans", Place.HEAP, eachCaller(all).bytes(FLOAT)).withArray(kept));
    }
    Product predicted =
        steps()
            .key(search.section() + ".particles", planner.particles())
            .times(width, "predicted values");
    parts.add(
        Part.of("predictions", Place.HEAP, eachCaller(predicted).bytes(FLOAT))
            .withArray(predicted));
    // Mean and deviation in double, the best plan and what is remembered in float.
    Product searches =
        Product.ONE
            .key(search.section() + ".horizon", planner.horizon())
            .times(search.problems())
            .times(search.actionSize(), "action values");
    parts.add(
        Part.of(
            "searches",
            Place.HEAP,
            eachCaller(searches).bytes(2 * Double.BYTES + 2 * Float.BYTES)));
    boolean noise = planner.sampledNoise();
    parts.add(
        Part.of(
            noise ? "scores and streams" : "scores",
            Place.HEAP,
            eachCaller(plans()).bytes(Double.BYTES + (noise ? STREAM : 0))));
  }

  private void calls(EnsembleArchitecture a) {
    boolean noisy = planner.sampledNoise() && a.probabilistic();
    boolean expectation = planner.propagation() == Propagation.EXPECTATION;
    double particles = expectation && !noisy ? 1 : planner.particles();
    int membersAtOnce = expectation ? a.elites().size() : 1;
    Set<Double> sizes = new LinkedHashSet<>();
    for (int round = 0; round < planner.roundsFlown() && sizes.size() < WORKSPACES; round++) {
      sizes.add(rows(a, planner.population(round), particles, membersAtOnce));
    }
    double rows = sizes.iterator().next();
    int states = a.states().size();
    // State, sines and cosines, action and a one; where members are dealt anew also the cards.
    int inputs = a.inputs() + a.angles() + 1;
    int cards = planner.propagation() == Propagation.TS1 ? 2 : 0;
    int noise = noisy ? states : 0;
    int learned = width(a) - states;
    Product call =
        Product.ONE
            .times(rows, "rows a call")
            .key(search.section() + ".horizon", planner.horizon());
    Product lanes = lanes(call);
    parts.add(
        Part.of(
                "inputs of calls",
                Place.HEAP,
                lanes.times(Math.max(inputs, noise) + cards, "values").bytes(FLOAT))
            .withArray(call.times(Math.max(inputs, noise), "values")));
    parts.add(
        Part.of(
            "inputs and results",
            search.place(),
            lanes.times(inputs + noise + learned + cards, "values").bytes(FLOAT)));
    double together = sizes.stream().mapToDouble(Double::doubleValue).sum();
    Product activations =
        Product.ONE
            .times(
                together,
                sizes.size() == 1 ? "rows a call" : "rows of calls of " + sizes.size() + " sizes")
            .times(membersAtOnce, "members at once");
    boolean half = planner.precision() == Precision.BF16;
    parts.add(
        Part.of(
            "activations",
            search.place(),
            lanes(activations)
                .times(
                    EnsembleSize.neurons(a) + a.outputs(),
                    "values of dynamics.hidden " + a.hidden())
                .with("dynamics.hidden", EnsembleSize.widest(a), a.hidden())
                .bytes(half ? 1.5 * FLOAT : FLOAT)));
    parts.add(
        Part.of(
            "weights of the planners' models",
            search.place(),
            lanes(
                    Product.ONE
                        .times(
                            EnsembleSize.weightsOfElites(a),
                            "weights of dynamics.hidden " + a.hidden())
                        .with("dynamics.hidden", EnsembleSize.widest(a), a.hidden()))
                .bytes(half ? FLOAT / 2.0 : FLOAT)));
  }

  /** Rows of the largest call for so many plans, as the rollout cuts its pieces. */
  private double rows(EnsembleArchitecture a, int plans, double particles, int membersAtOnce) {
    double all = search.problems().value() * plans * particles;
    double share = Math.ceil(all / planner.threads());
    double transferred = width(a) + a.states().size() + a.actionSize() + 3;
    double most =
        Math.min(
            LAYER_FLOATS / ((double) EnsembleSize.widest(a) * membersAtOnce),
            TRANSFER_FLOATS / (planner.horizon() * transferred));
    // A call flies at least one plan, and where members are dealt, so many that each is asked.
    boolean dealt = planner.propagation() != Propagation.EXPECTATION;
    double least = (dealt ? Math.min(plans, a.elites().size()) : 1) * particles;
    return Math.floor(Math.max(Math.min(most, share), Math.min(least, all)));
  }

  private Product lanes(Product call) {
    return eachCaller(call).key(search.section() + ".threads", planner.threads());
  }
}
