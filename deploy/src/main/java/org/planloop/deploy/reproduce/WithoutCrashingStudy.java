package org.planloop.deploy.reproduce;

import java.util.List;

/**
 * Learning without crashing: the helicopter of {@link HelicopterHoverStudy} under supervision, from
 * EXPERT_ONLY's failure at one end to unsupervised MIXED at the other; with pre-flight checks; then
 * the swing-up on a rail whose end must not be hit, with the neural ensemble.
 */
final class WithoutCrashingStudy implements Study {
  @Override
  public String name() {
    return "without-crashing";
  }

  @Override
  public String title() {
    return "Learning without crashing: how far the learner may fly by itself";
  }

  @Override
  public Findings run(StudySetting setting) {
    int seeds = setting.seeds(20, 2);
    int iterations = setting.quick() ? 10 : 50;
    Table envelopes = SafetyFlights.envelopes(setting, name(), seeds, iterations);
    Table preflights =
        SafetyFlights.preflights(setting, name() + "-preflight", seeds, setting.quick() ? 10 : 20);
    Table rail = SafetyFlights.rail(setting, name() + "-rail", setting.seeds(3, 1));
    WithoutCrashingFindings findings = new WithoutCrashingFindings(envelopes, preflights, rail);
    return new Findings(
        findings.text(),
        List.of(envelopes, preflights, rail),
        List.of(
            new Figure(name(), findings.envelopeFigure()),
            new Figure(name() + "-preflight", findings.preflightFigure())),
        findings.claims(seeds >= 20 && iterations >= 50));
  }
}
