package org.planloop.campaign;

/** Hands on every call, to the first first. */
record BothObservers(CampaignObserver first, CampaignObserver second) implements CampaignObserver {
  @Override
  public void flown(int iteration, long envSteps) {
    first.flown(iteration, envSteps);
    second.flown(iteration, envSteps);
  }

  @Override
  public void row(ProgressRow row) {
    first.row(row);
    second.row(row);
  }

  @Override
  public void decided(AuditEntry entry) {
    first.decided(entry);
    second.decided(entry);
  }

  @Override
  public void published(int version) {
    first.published(version);
    second.published(version);
  }

  @Override
  public void held(String node, int newest) {
    first.held(node, newest);
    second.held(node, newest);
  }

  @Override
  public void warning(String message) {
    first.warning(message);
    second.warning(message);
  }
}
