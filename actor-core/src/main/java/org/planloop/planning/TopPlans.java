package org.planloop.planning;

/**
 * Picks the best of many scores without sorting them all: a heap of the n best with the worst of
 * them on top.
 *
 * <p>NaN ranks below every number, negative infinity included, and is never picked; equal scores
 * rank by their index, so the choice is reproducible.
 */
final class TopPlans {
  private int[] heap = new int[0];
  private int size;
  private double[] scores = new double[0];

  /**
   * Ranks {@code scores[from .. from + count)}.
   *
   * @param wanted how many of the best are kept
   * @return how many there are: fewer than {@code wanted} where fewer scores are numbers
   */
  int rank(double[] scores, int from, int count, int wanted) {
    this.scores = scores;
    size = 0;
    if (heap.length < wanted) {
      heap = new int[wanted];
    }
    for (int i = from; i < from + count; i++) {
      if (Double.isNaN(scores[i])) {
        continue;
      }
      if (size < wanted) {
        heap[size] = i;
        rise(size++);
      } else if (worse(heap[0], i)) {
        heap[0] = i;
        sink(size);
      }
    }
    for (int end = size - 1; end > 0; end--) {
      int worst = heap[0];
      heap[0] = heap[end];
      heap[end] = worst;
      sink(end);
    }
    return size;
  }

  /** The index, from {@code from} on, of the plan at {@code rank}; rank 0 is the best. */
  int get(int rank) {
    return heap[rank];
  }

  private boolean worse(int a, int b) {
    return scores[a] < scores[b] || (scores[a] == scores[b] && a > b);
  }

  private void rise(int start) {
    int child = start;
    while (child > 0 && worse(heap[child], heap[(child - 1) / 2])) {
      int parent = (child - 1) / 2;
      swap(child, parent);
      child = parent;
    }
  }

  private void sink(int end) {
    int parent = 0;
    while (2 * parent + 1 < end) {
      int child = 2 * parent + 1;
      if (child + 1 < end && worse(heap[child + 1], heap[child])) {
        child++;
      }
      if (!worse(heap[child], heap[parent])) {
        return;
      }
      swap(child, parent);
      parent = child;
    }
  }

  private void swap(int a, int b) {
    int keep = heap[a];
    heap[a] = heap[b];
    heap[b] = keep;
  }
}
