package org.planloop.dynamics;

import org.planloop.data.RandomStream;
import org.planloop.torch.Device;
import org.planloop.torch.SharedFloats;
import org.planloop.torch.SharedInts;
import org.planloop.torch.TensorList;
import org.planloop.torch.TorchScript;
import org.planloop.torch.TorchSession;

/**
 * An ensemble of neural networks on PyTorch: a whole rollout is one native call, or a few where it
 * would not fit into bounded memory.
 *
 * <p>Members are dealt to particles like cards: within a problem, each run of E consecutive
 * particles (E elites) gets every member exactly once, in random order, anew at every step (TS1) or
 * once (TS-infinity). So where E divides the number of particles, all members judge every plan
 * equally. With {@link Propagation#EXPECTATION} the state follows the mean over the members; noise
 * then has the mean of their variances. A learned reward is the predicted mean; a learned
 * termination is the mean of the members' probabilities.
 *
 * <p>Member choices and noise come from two splits of each problem's stream, so they do not depend
 * on how the work is cut into calls. Equal requests give equal bits on machines with the same
 * processor family.
 */
public final class NeuralEnsembleModel implements DynamicsModel {
  /** Activations of one layer in one call, in floats. */
  private static final int LAYER_FLOATS = 1 << 22;

  /** Inputs and results of one call, in floats. */
  private static final int TRANSFER_FLOATS = 1 << 24;

  private static final TorchScript SCRIPT =
      TorchScript.resource(NeuralEnsembleModel.class, "rollout.torchscript");

  private final EnsembleArchitecture architecture;
  private final int[] order;
  private final TorchSession session;
  private final TensorList weights;
  private SharedFloats starts;
  private SharedFloats actions;
  private SharedFloats noise;
  private SharedFloats result;
  private SharedInts deals;
  private float[] scratch = new float[0];
  private int[] cards = new int[0];

  /**
   * @param threads threads inside one call, at least 1
   * @throws org.planloop.data.InvalidInputException if tensors are missing or have a wrong shape
   * @throws org.planloop.torch.TorchException if PyTorch cannot be loaded
   */
  public NeuralEnsembleModel(ModelParameters.Ensemble model, int threads, Device device) {
    FoldedEnsemble folded = FoldedEnsemble.of(EnsembleWeights.of(model));
    architecture = model.architecture();
    order = architecture.realsThenAngles();
    session = SCRIPT.open(device, threads);
    SharedFloats values = session.floats(folded.values().length);
    values.put(folded.values());
    weights = session.create("load", values, folded.shapes(), session.gpu());
    session.free(values);
    starts = session.floats(0);
    actions = session.floats(0);
    noise = session.floats(0);
    result = session.floats(0);
    deals = session.ints(0);
  }

  /** Calls into PyTorch so far: what a plan is made of, whatever the machine's speed. */
  public long nativeCalls() {
    return session.calls();
  }

  @Override
  public int stateSize() {
    return architecture.states().size();
  }

  @Override
  public int actionSize() {
    return architecture.actionSize();
  }

  @Override
  public Rollouts rollout(RolloutRequest request) {
    Run run = new Run(request);
    run.fly();
    return run.rollouts();
  }

  @Override
  public void close() {
    session.close();
  }

  private SharedFloats atLeast(SharedFloats floats, int size) {
    if (floats.size() >= size) {
      return floats;
    }
    session.free(floats);
    return session.floats(size);
  }

  /** One request on its way. */
  private final class Run {
    private final RolloutRequest request;
    private final int stateSize = stateSize();
    private final int actionSize = actionSize();
    private final int elites = architecture.elites().size();
    private final int width;
    private final boolean noisy;

    /** Particles that are really flown; without noise and members they are all alike. */
    private final int particles;

    /** Hands of cards a rollout: none, one, or one a step. */
    private final int decks;

    private final int maxRows;
    private final RandomStream[] dealing;
    private final RandomStream[] drawing;
    private final float[] states;
    private final float[] rewards;
    private final float[] terminations;

    Run(RolloutRequest request) {
      this.request = request;
      width = architecture.targets() + (architecture.learnedTermination() ? 1 : 0);
      noisy = request.sampledNoise() && architecture.probabilistic();
      boolean expectation = request.propagation() == Propagation.EXPECTATION;
      particles = expectation && !noisy ? 1 : request.particles();
      decks =
          switch (request.propagation()) {
            case EXPECTATION -> 0;
            case TS_INFINITY -> 1;
            case TS1 -> request.horizon();
          };
      int widest = architecture.hidden().stream().mapToInt(Integer::intValue).max().orElse(1);
      maxRows =
          Math.max(
              1,
              Math.min(
                  LAYER_FLOATS / (widest * (expectation ? elites : 1)),
                  TRANSFER_FLOATS / (request.horizon() * (width + stateSize + actionSize + 3))));
      int problems = request.problems();
      dealing = new RandomStream[problems];
      drawing = new RandomStream[problems];
      for (int g = 0; g < problems && (decks > 0 || noisy); g++) {
        dealing[g] = request.random()[g].split();
        drawing[g] = request.random()[g].split();
      }
      int steps = problems * request.plans() * request.particles() * request.horizon();
      states = new float[steps * stateSize];
      rewards = new float[architecture.learnedReward() ? steps : 0];
      terminations = new float[architecture.learnedTermination() ? steps : 0];
    }

    Rollouts rollouts() {
      return new Rollouts(
          states,
          architecture.learnedReward() ? rewards : null,
          architecture.learnedTermination() ? terminations : null);
    }

    /** Cuts the work into calls: several whole problems, or a part of one problem's plans. */
    void fly() {
      int rowsOfProblem = request.plans() * particles;
      if (rowsOfProblem <= maxRows) {
        int atOnce = maxRows / rowsOfProblem;
        for (int g = 0; g < request.problems(); g += atOnce) {
          call(g, Math.min(atOnce, request.problems() - g), 0, request.plans());
        }
        return;
      }
      // A multiple of E plans has whole hands of cards.
      int atOnce = Math.max(1, maxRows / (particles * elites)) * elites;
      for (int g = 0; g < request.problems(); g++) {
        for (int p = 0; p < request.plans(); p += atOnce) {
          call(g, 1, p, Math.min(atOnce, request.plans() - p));
        }
      }
    }

    private void call(int problem, int problems, int plan, int plans) {
      int horizon = request.horizon();
      int rows = problems * plans * particles;
      putStarts(problem, problems);
      int planFloats = horizon * actionSize;
      int firstPlan = problem * request.plans() + plan;
      actions = atLeast(actions, problems * plans * planFloats);
      actions.put(0, request.actions(), firstPlan * planFloats, problems * plans * planFloats);
      MemberDeal deal = deal(problem, problems, plans * particles);
      draw(problem, problems, plans * particles);
      result = atLeast(result, horizon * width * rows);
      session.call(
          "rollout",
          weights,
          starts,
          actions,
          deals,
          noise,
          result,
          new int[] {
            problems,
            plans,
            particles,
            horizon,
            stateSize,
            stateSize - architecture.angles(),
            actionSize,
            architecture.targets(),
            architecture.learnedTermination() ? 1 : 0,
            architecture.layers(),
            deal.deck(),
            decks,
            noisy ? 1 : 0
          });
      takeResult(firstPlan * particles, rows);
    }

    private void putStarts(int problem, int problems) {
      float[] ordered = scratch(problems * stateSize);
      for (int g = 0; g < problems; g++) {
        for (int i = 0; i < stateSize; i++) {
          ordered[g * stateSize + i] = request.starts()[(problem + g) * stateSize + order[i]];
        }
      }
      starts = atLeast(starts, problems * stateSize);
      starts.put(0, ordered, 0, problems * stateSize);
    }

    private MemberDeal deal(int problem, int problems, int rowsOfProblem) {
      MemberDeal deal = new MemberDeal(elites, problems, rowsOfProblem, decks);
      int size = deal.size();
      if (cards.length < size) {
        cards = new int[size];
      }
      deal.write(dealing, problem, cards);
      if (deals.size() < size) {
        session.free(deals);
        deals = session.ints(size);
      }
      deals.put(0, cards, 0, size);
      return deal;
    }

    private void draw(int problem, int problems, int rowsOfProblem) {
      if (!noisy) {
        return;
      }
      int horizon = request.horizon();
      int rows = problems * rowsOfProblem;
      float[] drawn = scratch(horizon * stateSize * rows);
      for (int row = 0; row < rows; row++) {
        RandomStream random = drawing[problem + row / rowsOfProblem];
        for (int i = 0; i < horizon * stateSize; i++) {
          drawn[i * rows + row] = (float) random.nextGaussian();
        }
      }
      noise = atLeast(noise, horizon * stateSize * rows);
      noise.put(0, drawn, 0, horizon * stateSize * rows);
    }

    /** Turns [H, width, rows] into rows of [H, S], copied to all particles that are alike. */
    private void takeResult(int firstRow, int rows) {
      int horizon = request.horizon();
      float[] flown = scratch(horizon * width * rows);
      result.get(0, flown, 0, horizon * width * rows);
      int copies = request.particles() / particles;
      for (int t = 0; t < horizon; t++) {
        for (int i = 0; i < width; i++) {
          int from = (t * width + i) * rows;
          float[] target =
              i < stateSize ? states : i < architecture.targets() ? rewards : terminations;
          int stride = i < stateSize ? stateSize : 1;
          int offset = i < stateSize ? order[i] : 0;
          for (int row = 0; row < rows; row++) {
            float value = flown[from + row];
            for (int c = 0; c < copies; c++) {
              int step = ((firstRow + row) * copies + c) * horizon + t;
              target[step * stride + offset] = value;
            }
          }
        }
      }
    }

    private float[] scratch(int size) {
      if (scratch.length < size) {
        scratch = new float[size];
      }
      return scratch;
    }
  }
}
