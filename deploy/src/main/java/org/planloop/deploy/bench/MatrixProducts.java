package org.planloop.deploy.bench;

import java.util.ArrayList;
import java.util.List;
import org.planloop.deploy.report.Quantiles;
import org.planloop.torch.Device;
import org.planloop.torch.SharedFloats;
import org.planloop.torch.TensorList;
import org.planloop.torch.TorchException;
import org.planloop.torch.TorchScript;
import org.planloop.torch.TorchSession;

/**
 * How fast this machine multiplies matrices of a planner sweep's shape: five networks, width 200,
 * batches of 400. Two ways are tried, the plain product and oneDNN with weights packed beforehand;
 * the faster one is the limit. Which one that is depends on the processor, and the second is not in
 * every build of PyTorch.
 */
final class MatrixProducts {
  private static final int MEMBERS = 5;
  private static final int WIDTH = 200;
  private static final int ROWS = 400;
  private static final int PRODUCTS = 10;
  private static final double FLOPS = 2.0 * MEMBERS * WIDTH * WIDTH * ROWS * PRODUCTS;

  /** Numbers of PyTorch's types in scripts. */
  private static final int FLOAT32 = 6;

  private static final int BFLOAT16 = 15;

  private static final TorchScript PLAIN =
      new TorchScript(
          "plain products",
          """
            def load(self, values : Tensor, shape : List[int], dtype : int) -> List[Tensor]:
              return [torch.clone(torch.to(torch.view(values, shape), dtype))]

            def prepare(self, weights : List[Tensor], rows : int) -> List[Tensor]:
              return [torch.clone(weights[0])]

            def products(self, x : List[Tensor], w : List[Tensor], out : List[Tensor], count : int) -> int:
              for i in range(count):
                torch.bmm(x[0], w[0], out=out[0])
              return 0
          """);

  private static final TorchScript PACKED =
      new TorchScript(
          "oneDNN's products",
          """
            def load(self, values : Tensor, shape : List[int], dtype : int) -> List[Tensor]:
              return [torch.clone(torch.to(torch.view(values, shape), dtype))]

            def prepare(self, weights : List[Tensor], rows : int) -> List[Tensor]:
              packed = annotate(List[Tensor], [])
              for e in range(torch.size(weights[0], 0)):
                w = torch.contiguous(torch.t(torch.select(weights[0], 0, e)))
                torch.append(packed, ops.mkldnn._reorder_linear_weight(w, rows))
              return packed

            def products(self, x : List[Tensor], w : List[Tensor], out : List[Tensor], count : int) -> int:
              for i in range(count):
                for e in range(torch.len(w)):
                  row = torch.select(x[0], 0, e)
                  none = annotate(List[Optional[number]], [])
                  y = ops.mkldnn._linear_pointwise(row, w[e], None, "none", none, "")
                  torch._set_item(out, 0, y)
              return 0
          """);

  private final Stopwatch stopwatch;
  private final int cores;

  MatrixProducts(Stopwatch stopwatch, int cores) {
    this.stopwatch = stopwatch;
    this.cores = cores;
  }

  /**
   * Floating-point operations a second.
   *
   * @param oneThread of one thread that has the machine for itself
   * @param allCores of one single-threaded caller a core, all at once
   */
  record Speed(double oneThread, double allCores) {}

  Speed fp32() {
    return speed(FLOAT32);
  }

  /** Products of 16-bit numbers. */
  Speed bf16() {
    return speed(BFLOAT16);
  }

  private Speed speed(int dtype) {
    double plain = speed(PLAIN, dtype, 1);
    double packed;
    try {
      packed = speed(PACKED, dtype, 1);
    } catch (TorchException e) {
      // This build of PyTorch has no such operator: the plain product is all there is.
      packed = 0;
    }
    TorchScript faster = packed > plain ? PACKED : PLAIN;
    return new Speed(Math.max(plain, packed), speed(faster, dtype, cores));
  }

  private double speed(TorchScript script, int dtype, int callers) {
    List<Caller> all = new ArrayList<>();
    try {
      for (int i = 0; i < callers; i++) {
        all.add(new Caller(script, dtype));
      }
      try (Callers atOnce = new Callers(all)) {
        double[] seconds = stopwatch.time(callers == 1 ? all.get(0) : atOnce);
        return callers * FLOPS / Quantiles.median(seconds);
      }
    } finally {
      all.forEach(Caller::close);
    }
  }

  /** One single-threaded user with matrices of its own. */
  private static final class Caller implements Runnable, AutoCloseable {
    private final TorchSession session;
    private final TensorList rows;
    private final TensorList weights;
    private final TensorList result;

    Caller(TorchScript script, int dtype) {
      session = script.open(Device.CPU, 1);
      try {
        rows = matrix(ROWS, WIDTH, dtype);
        weights = session.create("prepare", matrix(WIDTH, WIDTH, dtype), ROWS);
        result = matrix(ROWS, WIDTH, dtype);
      } catch (TorchException e) {
        session.close();
        throw e;
      }
    }

    private TensorList matrix(int height, int width, int dtype) {
      SharedFloats values = session.floats(MEMBERS * height * width);
      float[] numbers = new float[MEMBERS * height * width];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (i % 17 - 8) / 16f;
      }
      values.put(numbers);
      return session.create("load", values, new int[] {MEMBERS, height, width}, dtype);
    }

    @Override
    public void run() {
      session.call("products", rows, weights, result, PRODUCTS);
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
