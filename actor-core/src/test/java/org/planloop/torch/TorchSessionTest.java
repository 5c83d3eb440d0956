package org.planloop.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TorchSessionTest {
  private static final TorchScript SCRIPT =
      new TorchScript(
          "test",
          """
            def scale(self, x : Tensor, by : float, offsets : List[int], twice : bool) -> int:
              for i in range(len(offsets)):
                x[i].add_(offsets[i])
              x.mul_(by)
              if twice:
                x.mul_(2)
              return 0
            def index(self, x : Tensor, at : Tensor) -> int:
              x.copy_(torch.index_select(x.clone(), 0, at))
              return 0
            def clone(self, x : Tensor) -> List[Tensor]:
              return [x.clone()]
            def device(self, gpu : int, out : Tensor) -> int:
              index = torch.device("cuda:" + str(gpu)).index
              if index is not None:
                out[0] = index
              return 0
            def product(self, a : List[Tensor], n : int, out : Tensor) -> int:
              m = a[0].view([n, n])
              y = m
              for i in range(10):
                y = torch.tanh(torch.mm(y, m))
              out.copy_(y.view([-1]))
              return 0
          """);

  @Test
  void scriptsAndJavaShareMemory() {
    try (TorchSession session = SCRIPT.open(Device.CPU, 1)) {
      SharedFloats x = session.floats(3);
      x.put(new float[] {1, 2, 3});
      session.call("scale", x, 0.5, new int[] {10, 0, 1}, true);
      assertThat(x.get(3)).containsExactly(11, 2, 4);
      SharedInts at = session.ints(3);
      at.put(new int[] {2, 0, 0});
      session.call("index", x, at);
      assertThat(x.get(3)).containsExactly(4, 11, 11);
    }
  }

  @Test
  void scriptsNameAGpuByItsNumber() {
    try (TorchSession session = SCRIPT.open(Device.CPU, 1)) {
      SharedFloats index = session.floats(1);
      for (int gpu : new int[] {0, 3, Device.LAST_GPU}) {
        session.call("device", gpu, index);
        assertThat(index.get(1)).containsExactly(gpu);
      }
      assertThat(session.gpu()).isEqualTo(-1);
    }
  }

  @Test
  void aScriptThatDoesNotCompileSaysWhy() {
    TorchScript broken = new TorchScript("broken", "  def f(self) -> int:\n    return y\n");
    assertThatThrownBy(() -> broken.open(Device.CPU, 1))
        .isInstanceOf(TorchException.class)
        .hasMessageContaining("script broken does not compile")
        .hasMessageContaining("undefined value y");
  }

  @Test
  void aCallThatFailsNamesTheMethod() {
    try (TorchSession session = SCRIPT.open(Device.CPU, 1)) {
      SharedFloats x = session.floats(3);
      TensorList a = session.create("clone", x);
      assertThatThrownBy(() -> session.call("product", a, 2, x))
          .isInstanceOf(TorchException.class)
          .hasMessageContaining("product")
          .hasMessageContaining("shape '[2, 2]' is invalid");
    }
  }

  @Test
  void aClosedTensorIsRefused() {
    TorchSession session = SCRIPT.open(Device.CPU, 1);
    SharedFloats x = session.floats(1);
    session.close();
    assertThatThrownBy(() -> x.put(new float[] {1})).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aGpuThatIsNotThereIsTheCpu() {
    int gpus = Torch.info().gpus();
    assumeTrue(gpus <= Device.LAST_GPU);
    try (TorchSession session = SCRIPT.open(Device.gpu(Device.LAST_GPU), 1)) {
      assertThat(session.onGpu()).isFalse();
    }
  }

  @Test
  void autoFallsBackToTheCpuWithoutGpu() {
    try (TorchSession session = SCRIPT.open(Device.AUTO, 1)) {
      assertThat(session.onGpu()).isEqualTo(Torch.info().gpus() > 0);
    }
    assertThat(Torch.info().version()).startsWith("2.7.1");
  }

  /** Runs in a process of its own: without the native jars on its class path, or in its cache. */
  @Test
  void withoutNativeLibrariesTheMessageSaysWhereTheyComeFrom(@TempDir Path cache) throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("pytorch-native") && !entry.contains("pytorch-jni"))
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-DDJL_CACHE_DIR=" + cache,
                "-cp",
                classPath,
                Asking.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    assertThat(output)
        .contains("PyTorch's native library cannot be loaded on")
        .contains("unpacks into " + cache)
        .contains("again: PyTorch's native library cannot be loaded on");
  }

  /** Asks for PyTorch twice and prints why there is none. */
  static final class Asking {
    public static void main(String[] arguments) {
      try {
        Torch.info();
      } catch (TorchException e) {
        System.out.println(e.getMessage());
      }
      try {
        SCRIPT.open(Device.CPU, 1).close();
      } catch (TorchException e) {
        System.out.println("again: " + e.getMessage());
      }
    }
  }

  /** Collections in the middle of calls must not free what native code still uses. */
  @Test
  void resultsAreTheSameToTheBitInEveryThreadAndUnderGarbageCollection() throws Exception {
    float[] expected = product(1);
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        results.add(pool.submit(() -> product(1)));
      }
      for (Future<float[]> result : results) {
        System.gc();
        assertThat(result.get()).isEqualTo(expected);
      }
    } finally {
      pool.shutdown();
    }
  }

  private static float[] product(int threads) {
    int n = 60;
    float[] values = new float[n * n];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    try (TorchSession session = SCRIPT.open(Device.CPU, threads)) {
      SharedFloats x = session.floats(values.length);
      x.put(values);
      TensorList a = session.create("clone", x);
      session.call("product", a, n, x);
      return x.get(values.length);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void closingGivesMemoryBack() throws Exception {
    for (int i = 0; i < 20; i++) {
      useEightMegabytes();
    }
    long before = residentKilobytes();
    for (int i = 0; i < 100; i++) {
      useEightMegabytes();
    }
    assertThat(residentKilobytes() - before).isLessThan(100_000);
  }

  private static void useEightMegabytes() {
    try (TorchSession session = SCRIPT.open(Device.CPU, 1)) {
      SharedFloats x = session.floats(1 << 20);
      x.put(0, new float[] {1}, 0, 1);
      session.create("clone", x);
      session.free(session.create("clone", x));
    }
  }

  private static long residentKilobytes() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
