package org.planloop.torch;

/**
 * How wide the numbers are that large matrix products multiply; sums, states, losses, weights and
 * moments are fp32 all the same.
 */
public enum Precision {
  /** 32 bits throughout. */
  FP32,
  /**
   * The products between hidden layers multiply bfloat16 (8 bits of precision): about twice as fast
   * on processors with AVX-512 BF16, AMX or on a GPU, slower on others.
   */
  BF16
}
