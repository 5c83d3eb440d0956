package org.planloop.dynamics;

import java.util.Arrays;
import org.planloop.data.RandomStream;

/**
 * Deals an ensemble's members to the rows of a rollout like cards: within a problem, each run of E
 * rows gets every member exactly once, in random order; what is left at the end gets the first
 * cards of one more hand. So each row draws its member uniformly, and all members work equally
 * much.
 *
 * @param members E
 * @param problems G
 * @param rowsOfProblem rows a problem
 * @param decks how often is dealt: once for a whole rollout, or at every step; 0 for not at all
 */
record MemberDeal(int members, int problems, int rowsOfProblem, int decks) {

  private int rounds() {
    return (rowsOfProblem + members - 1) / members;
  }

  /** E R: places in a deal, of which each member computes R. */
  int deck() {
    return decks == 0 ? 0 : members * problems * rounds();
  }

  /** Numbers that {@link #write} writes. */
  int size() {
    return decks * (deck() + problems * rowsOfProblem);
  }

  /**
   * Writes the rows in the order of their members, shape [decks, E R]: place e R + j holds the row
   * that member e computes as its j-th; places of an incomplete last hand hold row 0, whose result
   * nobody takes. Then the way back, shape [decks, G rowsOfProblem]: the place of each row.
   *
   * @param random the problems' streams, from {@code first} on; consumed hand by hand, so the deal
   *     of a problem's first rows does not depend on how many follow
   */
  void write(RandomStream[] random, int first, int[] cards) {
    int deck = deck();
    int rounds = rounds();
    int ranks = problems * rounds;
    int rows = problems * rowsOfProblem;
    Arrays.fill(cards, 0, decks * deck, 0);
    int[] hand = new int[members];
    for (int g = 0; g < problems; g++) {
      for (int round = 0; round < rounds; round++) {
        int dealt = Math.min(members, rowsOfProblem - round * members);
        for (int k = 0; k < decks; k++) {
          shuffle(hand, random[first + g]);
          for (int i = 0; i < dealt; i++) {
            int row = g * rowsOfProblem + round * members + i;
            int place = hand[i] * ranks + g * rounds + round;
            cards[k * deck + place] = row;
            cards[decks * deck + k * rows + row] = place;
          }
        }
      }
    }
  }

  private static void shuffle(int[] hand, RandomStream random) {
    for (int i = 0; i < hand.length; i++) {
      int j = random.nextInt(i + 1);
      hand[i] = hand[j];
      hand[j] = i;
    }
  }
}
