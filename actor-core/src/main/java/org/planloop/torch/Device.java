package org.planloop.torch;

/** Where tensors live and are computed. */
public enum Device {
  /** The first GPU where PyTorch sees one, else the CPU. */
  AUTO,
  CPU,
  /** The first GPU; the CPU where PyTorch sees none. */
  GPU
}
