package org.planloop.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch's native library: loaded once in a process, on first use, from jars on the class path.
 *
 * <p>Nothing is ever downloaded. The libraries (about 450 MB) unpack once into {@code
 * $XDG_CACHE_HOME/planloop} or {@code ~/.cache/planloop}, to a temporary name and then renamed;
 * {@code DJL_CACHE_DIR} names another place, and {@code PYTORCH_LIBRARY_PATH} other libraries, for
 * example those with CUDA.
 */
public final class Torch {
  /**
   * What was loaded.
   *
   * @param version PyTorch's version
   * @param libraries the folder that the native libraries were loaded from
   * @param gpus GPUs that PyTorch sees
   */
  public record Info(String version, String libraries, int gpus) {}

  private Torch() {}

  /**
   * Loads PyTorch if it is not loaded yet.
   *
   * @throws TorchException if it cannot be loaded
   */
  public static Info info() {
    Engine engine = Loaded.get();
    return new Info(engine.getVersion(), LibUtils.getLibtorchPath(), Gpus.COUNT);
  }

  /** Whether this device is a GPU here. */
  public static boolean resolvesToGpu(Device device) {
    return indexOf(device) >= 0;
  }

  /** The number of the GPU that {@code device} is here, or -1 for the CPU. */
  static int indexOf(Device device) {
    return device.equals(Device.CPU) ? -1 : device.index(Gpus.COUNT);
  }

  static PtNDManager newManager() {
    return (PtNDManager) Loaded.get().newBaseManager(ai.djl.Device.cpu());
  }

  /**
   * Makes the calling thread compute with {@code threads} threads. The number is a property of the
   * calling thread (OpenMP, MKL and oneDNN keep it per thread), so threads with different numbers
   * do not disturb each other. Scripts are interpreted as they stand: the profiling executor would
   * change their arithmetic between the first calls and the later ones.
   */
  static void prepareThread(int threads) {
    Integer prepared = Loaded.THREADS.get();
    if (prepared == null) {
      JniUtils.setGraphExecutorOptimize(false);
    }
    if (prepared == null || prepared != threads) {
      JniUtils.setNumThreads(threads);
      Loaded.THREADS.set(threads);
    }
  }

  /** Asked for once: without a driver the CUDA library complains at every question. */
  private static final class Gpus {
    private static final int COUNT = Loaded.get().getGpuCount();
  }

  /** Initialised on first use, so that whatever needs no tensor never loads PyTorch. */
  private static final class Loaded {
    private static final ThreadLocal<Integer> THREADS = new ThreadLocal<>();
    private static final @Nullable Engine ENGINE;

    /** Why there is no engine. */
    private static final @Nullable Throwable FAILURE;

    static {
      System.setProperty("ai.djl.offline", "true");
      System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
      chooseCache();
      Engine engine = null;
      Throwable failure = null;
      try {
        engine = Engine.getEngine("PyTorch");
      } catch (RuntimeException | LinkageError | AssertionError e) {
        failure = e;
      }
      ENGINE = engine;
      FAILURE = failure;
    }

    static Engine get() {
      if (ENGINE == null) {
        throw failure();
      }
      return ENGINE;
    }

    private static TorchException failure() {
      Throwable cause = FAILURE;
      while (cause != null && cause.getCause() != null) {
        cause = cause.getCause();
      }
      return new TorchException(
          "PyTorch's native library cannot be loaded on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + " ("
              + cause
              + "): it comes from the jars pytorch-jni and pytorch-native-cpu on the class path"
              + " (Linux x86_64 and aarch64, macOS arm64) and unpacks into "
              + cache()
              + ", which needs 450 MB and must be writable",
          FAILURE);
    }

    private static String cache() {
      String property = System.getProperty("DJL_CACHE_DIR");
      return property != null ? property : "the folder that DJL_CACHE_DIR names";
    }

    private static void chooseCache() {
      if (System.getenv("DJL_CACHE_DIR") != null
          || System.getenv("ENGINE_CACHE_DIR") != null
          || System.getProperty("DJL_CACHE_DIR") != null
          || System.getProperty("ENGINE_CACHE_DIR") != null) {
        return;
      }
      String xdg = System.getenv("XDG_CACHE_HOME");
      Path caches =
          xdg == null || xdg.isBlank()
              ? Path.of(System.getProperty("user.home"), ".cache")
              : Path.of(xdg);
      Path cache = caches.resolve("planloop");
      try {
        Files.createDirectories(cache);
      } catch (IOException e) {
        // No home to write to.
        cache = Path.of(System.getProperty("java.io.tmpdir"), "planloop");
      }
      System.setProperty("DJL_CACHE_DIR", cache.toString());
    }
  }
}
