package org.planloop.torch;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.List;

/**
 * One user's tensors on one device, and the calls into a script with them. Gradients are never
 * recorded: a script that learns writes its backward pass out. Sessions do not disturb each other,
 * but one session is used by one thread at a time.
 */
public final class TorchSession implements AutoCloseable {
  private final PtSymbolBlock module;
  private final int gpu;
  private final int threads;
  private final PtNDManager manager;
  private final List<TorchArgument> owned = new ArrayList<>();
  private long calls;
  private long transfers;

  TorchSession(PtSymbolBlock module, int gpu, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a call needs at least one thread: " + threads);
    }
    this.module = module;
    this.gpu = gpu;
    this.threads = threads;
    this.manager = Torch.newManager();
  }

  /**
   * The GPU that scripts shall compute on, or -1 for the CPU; they are told so by an argument and
   * name it {@code torch.device("cuda:" + str(gpu))}.
   */
  public int gpu() {
    return gpu;
  }

  /** Whether scripts shall compute on a GPU. */
  public boolean onGpu() {
    return gpu >= 0;
  }

  /** Native calls so far. */
  public long calls() {
    return calls;
  }

  /**
   * Pieces of host memory, {@link SharedFloats} and {@link SharedInts}, that calls were given so
   * far: what crosses to a GPU and back, each a wait for it. {@link TensorList}s lie there already.
   */
  public long transfers() {
    return transfers;
  }

  /** Memory for {@code size} floats, all zero. */
  public SharedFloats floats(int size) {
    return own(SharedFloats.allocate(manager, size));
  }

  /** Memory for {@code size} 32-bit whole numbers, all zero. */
  public SharedInts ints(int size) {
    return own(SharedInts.allocate(manager, size));
  }

  /**
   * Calls a method whose result lies in its arguments.
   *
   * @param arguments {@link TorchArgument}s, of any session on the same device, {@link Integer},
   *     {@link Long}, {@link Double}, {@link Boolean}, {@code int[]} or {@code double[]}
   * @throws TorchException if the script fails, with its own words
   */
  public void call(String method, Object... arguments) {
    run(method, arguments).close();
  }

  /** Calls a method that returns a list of tensors and keeps them, as {@link #call} otherwise. */
  public TensorList create(String method, Object... arguments) {
    return own(new TensorList(run(method, arguments)));
  }

  /** Frees a tensor of this session before the session ends. */
  public void free(TorchArgument argument) {
    owned.remove(argument);
    argument.free();
  }

  @Override
  public void close() {
    owned.forEach(TorchArgument::free);
    owned.clear();
    manager.close();
  }

  private <T extends TorchArgument> T own(T argument) {
    owned.add(argument);
    return argument;
  }

  private IValue run(String method, Object[] arguments) {
    Torch.prepareThread(threads);
    calls++;
    IValue[] values = new IValue[arguments.length];
    int made = 0;
    try {
      for (; made < values.length; made++) {
        if (arguments[made] instanceof SharedFloats || arguments[made] instanceof SharedInts) {
          transfers++;
        }
        values[made] = value(arguments[made]);
      }
      return IValueUtils.runMethod(module, method, values);
    } catch (EngineException e) {
      throw new TorchException("script method " + method + ": " + e.getMessage(), e);
    } finally {
      for (int i = 0; i < made; i++) {
        if (!(arguments[i] instanceof TorchArgument)) {
          values[i].close();
        }
      }
    }
  }

  private static IValue value(Object argument) {
    if (argument instanceof TorchArgument tensor) {
      return tensor.value();
    } else if (argument instanceof Integer number) {
      return IValue.from(number.longValue());
    } else if (argument instanceof Long number) {
      return IValue.from(number.longValue());
    } else if (argument instanceof Double number) {
      return IValue.from(number.doubleValue());
    } else if (argument instanceof Boolean truth) {
      return IValue.from(truth.booleanValue());
    } else if (argument instanceof int[] numbers) {
      long[] widened = new long[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        widened[i] = numbers[i];
      }
      return IValue.listFrom(widened);
    } else if (argument instanceof double[] numbers) {
      return IValue.listFrom(numbers);
    }
    throw new IllegalArgumentException(
        "a script takes no argument of " + argument.getClass().getName());
  }
}
