package org.planloop.torch;

/**
 * Who multiplies large fp32 matrices on the CPU: a script that calls {@code product} and {@code
 * layer} is given one or the other.
 *
 * <p>PyTorch's BLAS computes with 256-bit vectors on AMD's processors, and on Intel's where its
 * results shall not depend on the number of threads ({@code MKL_CBWR}). oneDNN computes with what
 * the processor has, which is twice as much where 512-bit vectors are executed in one piece, and
 * nothing more where they are executed in two (AMD's Zen 4) or do not exist. The choice depends on
 * the processor's family alone, so on one family results stay the same to the bit.
 */
public enum Products {
  /** PyTorch's BLAS. */
  BLAS("products-blas.torchscript"),
  /** oneDNN for large matrices, BLAS for small ones. */
  ONEDNN("products-onednn.torchscript");

  private final String resource;

  Products(String resource) {
    this.resource = resource;
  }

  /** The methods {@code product} and {@code layer}. */
  String methods() {
    return TorchScript.text(Products.class, resource);
  }

  /** The faster ones on this machine. */
  public static Products fastest() {
    return fastest(Processor.here());
  }

  static Products fastest(Processor processor) {
    return processor.hasWholeVectors() ? ONEDNN : BLAS;
  }
}
