package org.planloop.deploy.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.planloop.deploy.report.Quantiles;
import org.planloop.torch.Device;
import org.planloop.torch.SharedFloats;
import org.planloop.torch.TensorList;
import org.planloop.torch.TorchScript;
import org.planloop.torch.TorchSession;

/**
 * What this machine can do at most.
 *
 * @param flops floating-point operations a second of one thread's matrix products, the shape of a
 *     planner sweep: five networks, width 200, batches of 400, fp32
 * @param readBytes bytes a second that one thread reads from memory in order
 * @param socketBytes bytes a second through a loopback socket
 */
public record MachineLimits(double flops, double readBytes, double socketBytes) {
  private static final int MEMBERS = 5;
  private static final int WIDTH = 200;
  private static final int ROWS = 400;
  private static final int PRODUCTS = 20;
  private static final int LONGS = 1 << 24;
  private static final int SOCKET_BYTES = 1 << 28;
  private static final int SOCKET_BLOCK = 1 << 16;

  private static final TorchScript SCRIPT =
      new TorchScript(
          "limits",
          """
            def load(self, values : Tensor, shape : List[int]) -> List[Tensor]:
              return [values.view(shape).clone()]

            def products(self, a : List[Tensor], b : List[Tensor], c : List[Tensor], count : int) -> int:
              for i in range(count):
                torch.bmm(a[0], b[0], out=c[0])
              return 0
          """
              .indent(0));

  /** Measures them; takes a few seconds. */
  public static MachineLimits measure(Stopwatch stopwatch) {
    return new MachineLimits(flops(stopwatch), readBytes(stopwatch), socketBytes(stopwatch));
  }

  private static double flops(Stopwatch stopwatch) {
    try (TorchSession session = SCRIPT.open(Device.CPU, 1)) {
      TensorList weights = matrix(session, WIDTH, WIDTH);
      TensorList rows = matrix(session, WIDTH, ROWS);
      TensorList result = matrix(session, WIDTH, ROWS);
      double[] seconds =
          stopwatch.time(() -> session.call("products", weights, rows, result, PRODUCTS));
      return 2.0 * MEMBERS * WIDTH * WIDTH * ROWS * PRODUCTS / Quantiles.median(seconds);
    }
  }

  private static TensorList matrix(TorchSession session, int height, int width) {
    SharedFloats values = session.floats(MEMBERS * height * width);
    float[] numbers = new float[MEMBERS * height * width];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (i % 17 - 8) / 16f;
    }
    values.put(numbers);
    return session.create("load", values, new int[] {MEMBERS, height, width});
  }

  private static double readBytes(Stopwatch stopwatch) {
    long[] block = new long[LONGS];
    for (int i = 0; i < block.length; i++) {
      block[i] = i;
    }
    long[] sink = new long[1];
    double[] seconds =
        stopwatch.time(
            () -> {
              long sum = 0;
              for (long value : block) {
                sum += value;
              }
              sink[0] += sum;
            });
    if (sink[0] == 0) {
      throw new IllegalStateException("the sum was optimised away");
    }
    return 8.0 * LONGS / Quantiles.median(seconds);
  }

  private static double socketBytes(Stopwatch stopwatch) {
    double[] seconds = new double[3];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = stopwatch.once(MachineLimits::transfer);
    }
    return SOCKET_BYTES / Quantiles.median(seconds);
  }

  private static void transfer() {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket out = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket in = server.accept()) {
      CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(out));
      InputStream stream = in.getInputStream();
      byte[] block = new byte[SOCKET_BLOCK];
      for (long left = SOCKET_BYTES; left > 0; ) {
        int read = stream.read(block);
        if (read < 0) {
          throw new IOException("the loopback socket closed early");
        }
        left -= read;
      }
      sent.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(Socket socket) {
    try {
      OutputStream stream = socket.getOutputStream();
      byte[] block = new byte[SOCKET_BLOCK];
      for (int i = 0; i < SOCKET_BYTES / SOCKET_BLOCK; i++) {
        stream.write(block);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
