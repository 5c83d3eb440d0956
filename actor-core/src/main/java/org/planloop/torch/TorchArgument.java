package org.planloop.torch;

import ai.djl.pytorch.jni.IValue;

/** Something native that a session owns and its calls take: freed by the session's close. */
public abstract sealed class TorchArgument permits SharedFloats, SharedInts, TensorList {
  private final IValue value;
  private boolean open = true;

  TorchArgument(IValue value) {
    this.value = value;
  }

  final IValue value() {
    checkOpen();
    return value;
  }

  final void checkOpen() {
    if (!open) {
      throw new IllegalStateException("the tensor is used after it was closed");
    }
  }

  final void free() {
    if (open) {
      open = false;
      value.close();
      freeMemory();
    }
  }

  void freeMemory() {}
}
