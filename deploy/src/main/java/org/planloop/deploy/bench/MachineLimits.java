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
import org.planloop.torch.Precision;

/**
 * What this machine can do at most.
 *
 * @param flops floating-point operations a second of one thread's matrix products, fp32, in the
 *     shape of a planner sweep, see {@link MatrixProducts}
 * @param flopsAllCores of one such thread a core, all at once
 * @param bf16Flops as {@code flops}, of 16-bit numbers; 0 where the processor has no instructions
 *     for them, and multiplies them many times slower
 * @param bf16FlopsAllCores as {@code flopsAllCores}, of 16-bit numbers
 * @param readBytes bytes a second that one thread reads from memory in order
 * @param socketBytes bytes a second through a loopback socket
 */
public record MachineLimits(
    double flops,
    double flopsAllCores,
    double bf16Flops,
    double bf16FlopsAllCores,
    double readBytes,
    double socketBytes) {
  private static final int LONGS = 1 << 24;
  private static final int SOCKET_BYTES = 1 << 28;
  private static final int SOCKET_BLOCK = 1 << 16;

  /** Measures them; takes about ten seconds. */
  public static MachineLimits measure(Stopwatch stopwatch) {
    MatrixProducts products =
        new MatrixProducts(stopwatch, Runtime.getRuntime().availableProcessors());
    MatrixProducts.Speed fp32 = products.fp32();
    MatrixProducts.Speed bf16 =
        Precision.processorMultipliesBfloat16() ? products.bf16() : new MatrixProducts.Speed(0, 0);
    return new MachineLimits(
        fp32.oneThread(),
        fp32.allCores(),
        bf16.oneThread(),
        bf16.allCores(),
        readBytes(stopwatch),
        socketBytes(stopwatch));
  }

  /** Whether there is something to gain from bf16 here. */
  boolean multiplyBf16() {
    return bf16Flops > 0;
  }

  /**
   * Floating-point operations a second of matrix products.
   *
   * @param threads 1, or anything else for one a core
   */
  double flops(Precision precision, int threads) {
    if (precision == Precision.BF16) {
      return threads == 1 ? bf16Flops : bf16FlopsAllCores;
    }
    return threads == 1 ? flops : flopsAllCores;
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
