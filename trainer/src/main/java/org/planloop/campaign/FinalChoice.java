package org.planloop.campaign;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.SuccessiveHalving.Round;
import org.planloop.data.Purpose;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;

/**
 * Chooses the best of pi_1 .. pi_N+1 once the loop is over: successive halving on the evaluation
 * seeds, then the winner once more on fresh seeds. With evaluation off the iteration with the best
 * collected return stands in.
 */
final class FinalChoice {
  private final CampaignPlan plan;
  private final FlightPlan flights;
  private final CampaignState state;
  private final Map<Integer, Candidate> candidates = new TreeMap<>();
  private final List<JobResult> flown = new ArrayList<>();
  private int pending;
  private long evalSteps;
  private @Nullable SuccessiveHalving race;
  private @Nullable Round round;
  private boolean confirming;
  private int winner;
  private @Nullable Selection selection;

  FinalChoice(CampaignPlan plan, FlightPlan flights, CampaignState state) {
    this.plan = plan;
    this.flights = flights;
    this.state = state;
    this.evalSteps = state.evalSteps();
    state.candidates().forEach(candidate -> candidates.put(candidate.version(), candidate));
  }

  /** The jobs to fly first; none if the choice is made without flying. */
  List<RolloutJob> start() {
    EvaluationSettings settings = plan.evaluation();
    if (settings.episodes() == 0) {
      winner = state.bestCollected().orElseThrow();
      selection = new Selection(winner, SelectedBy.COLLECTION, ReturnEstimate.NONE, List.of());
      return List.of();
    }
    int last = state.iteration() + 1;
    candidates.putIfAbsent(last, new Candidate(last, List.of()));
    race =
        new SuccessiveHalving(
            Math.min(settings.firstEpisodes(), settings.episodes()), settings.episodes());
    Retention retention = new Retention(plan.campaign().keepIterations());
    round =
        race.start(
            candidates.values().stream()
                .filter(candidate -> retention.keeps(state, candidate.version()))
                .toList());
    return flyRound();
  }

  /** The jobs to fly next; none while others are in flight, or when the choice is made. */
  List<RolloutJob> flown(JobResult result) {
    flown.add(result);
    evalSteps += result.steps();
    pending--;
    if (pending > 0) {
      return List.of();
    }
    if (confirming) {
      selection =
          new Selection(
              winner,
              SelectedBy.CONFIRMATION,
              new Candidate(winner, returns(JobResult.inOrder(flown))).estimate(),
              List.copyOf(candidates.values()));
      return List.of();
    }
    recordRound();
    return flyRound();
  }

  /** The choice, once it is made. */
  Optional<Selection> selection() {
    return Optional.ofNullable(selection);
  }

  /** The state with all that was measured meanwhile. */
  CampaignState finished() {
    return state.withChoice(List.copyOf(candidates.values()), evalSteps);
  }

  /** Flies what the round's survivors lack; skips rounds in which nobody lacks anything. */
  private List<RolloutJob> flyRound() {
    SuccessiveHalving rules = requireNonNull(race);
    while (true) {
      Round current = requireNonNull(round);
      List<RolloutJob> jobs = new ArrayList<>();
      for (int version : current.survivors()) {
        int measured = requireNonNull(candidates.get(version)).measured();
        jobs.addAll(
            flights.jobs(
                Purpose.EVALUATE,
                0,
                version,
                measured,
                measured,
                Math.max(0, current.episodes() - measured),
                0,
                0));
      }
      if (!jobs.isEmpty()) {
        return launch(jobs);
      }
      if (rules.over(current)) {
        return confirm(rules.winner(current, List.copyOf(candidates.values())));
      }
      Round next = rules.next(current, List.copyOf(candidates.values()));
      if (next.survivors().size() == 1) {
        return confirm(next.survivors().get(0));
      }
      round = next;
    }
  }

  private List<RolloutJob> confirm(int chosen) {
    winner = chosen;
    int episodes = plan.evaluation().confirmEpisodes();
    if (episodes == 0) {
      selection =
          new Selection(
              winner, SelectedBy.EVALUATION, ReturnEstimate.NONE, List.copyOf(candidates.values()));
      return List.of();
    }
    confirming = true;
    return launch(flights.jobs(Purpose.CONFIRM, 0, winner, 0, 0, episodes, 0, 0));
  }

  private List<RolloutJob> launch(List<RolloutJob> jobs) {
    flown.clear();
    pending = jobs.size();
    return jobs;
  }

  private void recordRound() {
    Map<Integer, List<JobResult>> byVersion = new TreeMap<>();
    flown.forEach(
        result ->
            byVersion
                .computeIfAbsent(result.job().policyVersion(), v -> new ArrayList<>())
                .add(result));
    byVersion.forEach(
        (version, results) ->
            candidates.computeIfPresent(
                version, (v, candidate) -> candidate.with(returns(JobResult.inOrder(results)))));
  }

  /** Returns by episode; NaN where the environment failed. */
  static List<Double> returns(List<EpisodeResult> episodes) {
    return episodes.stream()
        .map(episode -> episode.failed() ? Double.NaN : episode.totalReward())
        .toList();
  }
}
