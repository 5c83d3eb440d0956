package org.planloop.operator;

/** What a campaign's own pods say. */
interface PodWatch {
  /** What they said when they were last asked; and asks them again, without waiting. */
  Seen ask(Campaign campaign, Observed observed);

  /** The campaign is gone. */
  void forget(Campaign campaign);
}
