package org.planloop.torch;

/**
 * How wide the numbers are that large matrix products multiply; sums, states, losses, weights and
 * moments are fp32 all the same.
 *
 * <p>What is allowed, not what there is: where a device has no instructions for 16 bits, products
 * are of 32, see {@link #on}.
 */
public enum Precision {
  /** 32 bits throughout. */
  FP32,
  /**
   * The products between hidden layers multiply bfloat16 (8 bits of precision): about twice as fast
   * on processors with AVX-512 BF16, AMX or on a GPU; on others many times slower.
   */
  BF16;

  /**
   * What products multiply on a device of this machine: {@link #BF16} on a GPU, and on a processor
   * that says that it has instructions for it.
   */
  public Precision on(Device device) {
    return this == BF16 && !processorMultipliesBfloat16() && !Torch.resolvesToGpu(device)
        ? FP32
        : this;
  }

  /** Whether this machine's processor says that it has instructions for {@link #BF16}. */
  public static boolean processorMultipliesBfloat16() {
    return Processor.here().multipliesBfloat16();
  }
}
