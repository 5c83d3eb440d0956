package org.planloop.environments.counterexample;

/** The states of the counterexample, and what entering each pays. */
final class Place {
  static final int START = 0;
  static final int FIRST = 1;
  static final int SECOND = 2;
  static final int TREASURE = 3;
  static final int DITCH = 4;
  static final int COIN = 5;
  static final int END = 6;
  static final int COUNT = 7;

  private static final double[] PAY = {0, 0, 0, 10, -10, 1, 0};

  private Place() {}

  static double pay(double place) {
    return PAY[(int) place];
  }
}
