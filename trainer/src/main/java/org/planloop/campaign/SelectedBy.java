package org.planloop.campaign;

/** On what ground a policy's return is reported. */
public enum SelectedBy {
  /** Measured once more on seeds that played no part in choosing it. */
  CONFIRMATION,
  /** Measured on the evaluation seeds that it was chosen on: a little too good. */
  EVALUATION,
  /** The episodes that were flown to collect data: evaluation is off. */
  COLLECTION
}
