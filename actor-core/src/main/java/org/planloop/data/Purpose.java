package org.planloop.data;

/** What a random stream is for; streams of different purposes never overlap. */
public enum Purpose {
  /** The expert's episodes. */
  EXPERT,
  /** The learner's episodes that become training data. */
  COLLECT,
  /** Judging candidates. */
  EVALUATE,
  /** Measuring the chosen candidate once more. */
  CONFIRM,
  /** Checking a candidate before it flies. */
  PREFLIGHT,
  /** The performance difference and other diagnostics. */
  DIAGNOSE,
  /** Initial weights, draws and everything else inside a fit. */
  FIT
}
