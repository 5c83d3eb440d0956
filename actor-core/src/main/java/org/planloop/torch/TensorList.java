package org.planloop.torch;

import ai.djl.pytorch.jni.IValue;

/** Tensors that a script made, on the session's device: an argument for further calls. */
public final class TensorList extends TorchArgument {
  TensorList(IValue value) {
    super(value);
  }
}
