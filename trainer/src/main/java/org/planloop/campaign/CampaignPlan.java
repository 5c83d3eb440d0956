package org.planloop.campaign;

import static org.planloop.data.InvalidInputException.check;

import java.util.Optional;
import org.planloop.campaign.CampaignSettings.FirstPolicy;
import org.planloop.diagnostics.DiagnosticsSettings;
import org.planloop.policy.ExpertSettings;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.Rescuer;

/**
 * What a campaign is about, apart from how it is spread over machines.
 *
 * @param seed names all random streams
 * @param strategy which data the model is fitted to
 * @param mixedFraction weight of the expert's side with MIXED, in (0, 1)
 * @param environmentsPerJob G, episodes planned as one batch
 * @param maxEpisodeSteps the environment's step limit
 * @param expertCanFly whether the expert is flown; otherwise its data was recorded, or there is
 *     none
 * @param rescuer who takes over from a candidate that goes too far; empty without supervision
 * @param preflight whether candidates are checked before they fly
 * @param expertActs whether the expert can fly the environment's own episodes, in the model too
 * @param diagnostics what the campaign says about itself
 */
public record CampaignPlan(
    String experiment,
    long seed,
    Strategy strategy,
    double mixedFraction,
    CampaignSettings campaign,
    EvaluationSettings evaluation,
    ExpertSettings expert,
    int environmentsPerJob,
    int maxEpisodeSteps,
    boolean expertCanFly,
    Optional<Rescuer> rescuer,
    boolean preflight,
    boolean expertActs,
    DiagnosticsSettings diagnostics) {
  /** Without supervision, pre-flight check and diagnostics. */
  public CampaignPlan(
      String experiment,
      long seed,
      Strategy strategy,
      double mixedFraction,
      CampaignSettings campaign,
      EvaluationSettings evaluation,
      ExpertSettings expert,
      int environmentsPerJob,
      int maxEpisodeSteps,
      boolean expertCanFly) {
    this(
        experiment,
        seed,
        strategy,
        mixedFraction,
        campaign,
        evaluation,
        expert,
        environmentsPerJob,
        maxEpisodeSteps,
        expertCanFly,
        Optional.empty(),
        false,
        false,
        DiagnosticsSettings.OFF);
  }

  public CampaignPlan {
    campaign.checkMode(strategy, expert);
    check(
        strategy != Strategy.MIXED || (mixedFraction > 0 && mixedFraction < 1),
        "expert-fraction",
        mixedFraction,
        "must be above 0 and below 1 with strategy = MIXED");
    check(
        strategy == Strategy.LEARNER_ONLY || expert.present(),
        "expert.kind",
        expert.kind(),
        "strategy = "
            + strategy
            + " needs expert data; name an expert or use strategy = LEARNER_ONLY");
    check(
        campaign.firstPolicy() != FirstPolicy.EXPERT_MODEL
            || (expert.present() && !expert.eachIteration()),
        "campaign.first-policy",
        campaign.firstPolicy(),
        "needs expert data from before the first iteration; use random or initial-model");
    check(
        campaign.rowsPerIteration() == 0 || campaign.episodesPerIteration() > 0,
        "campaign.rows-per-iteration",
        campaign.rowsPerIteration(),
        "needs campaign.episodes-per-iteration instead of campaign.steps-per-iteration");
    check(
        rescuer.isEmpty() || (expertCanFly && expert.present()),
        "rollout.supervision",
        "envelope",
        "needs a demonstrator that can take over, and expert.kind = "
            + expert.kind()
            + "; name one that flies, or set rollout.supervision = none");
    check(
        !preflight || (expertCanFly && expert.present()),
        "preflight.kind",
        "on",
        "needs a demonstrator to fly while no candidate is accepted, and expert.kind = "
            + expert.kind()
            + "; name one that flies, or set preflight.kind = none");
  }

  /** Weight of the expert's side in the campaign's fits. */
  double expertFraction() {
    return strategy.expertFraction(mixedFraction);
  }

  /** Whether any fit reads the expert's rows; if not, the expert stays on the ground. */
  boolean usesExpert() {
    return expertFraction() > 0 || campaign.firstPolicy() == FirstPolicy.EXPERT_MODEL;
  }

  /** The expert as a policy of the sequence: what flies while no candidate is accepted. */
  PolicyDefinition expertPolicy() {
    return new PolicyDefinition.Expert(expert.kind(), 0, expert.options());
  }

  boolean fliesExpertFirst() {
    return usesExpert() && expertCanFly && !expert.eachIteration();
  }

  boolean fliesExpertEachIteration() {
    return usesExpert() && expertCanFly && expert.eachIteration();
  }

  /** Whether pi_number is diagnosed: there must be a model that it was planned in. */
  boolean diagnoses(int number) {
    return diagnostics.on() && (number > 1 || campaign.firstPolicy() != FirstPolicy.RANDOM);
  }

  /** Whether a diagnosis needs the expert. */
  boolean comparesWithExpert() {
    return diagnostics.performanceDifference() && expert.present() && expertActs;
  }

  /** Why terms of the performance difference stay empty although it is on. */
  Optional<String> missingTerms() {
    if (!diagnostics.performanceDifference() || comparesWithExpert()) {
      return Optional.empty();
    }
    String why =
        !expert.present()
            ? "there is no expert to compare with (expert.kind = none)"
            : !expertCanFly
                ? "the expert is a recording, which cannot act in the model"
                : "expert.kind = "
                    + expert.kind()
                    + " flies episodes of its own, not the learner's";
    return Optional.of(
        "the performance difference is reported without its terms of expert and planner: " + why);
  }
}
