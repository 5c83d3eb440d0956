package org.planloop.deploy.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.MixtureDraw;
import org.planloop.replay.ReplayView;

/**
 * Rows into a replay shard of another node, each confirmed once it is on disk, and half-and-half
 * batches out of it; rows of 52 floats.
 */
final class RemoteReplayBenchmark implements Benchmark {
  private static final int STATE = 24;
  private static final int ACTION = 3;
  private static final int FED = 400;
  private static final int THERE = 200;

  /** Batches that one request asks for: a trainer draws ahead of need. */
  private static final int AHEAD = 16;

  private static final int REQUESTS = 16;

  @Override
  public String name() {
    return "remote-replay";
  }

  @Override
  public String title() {
    return "rows into a shard of another node, confirmed and durable, and half-and-half batches out";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) throws IOException {
    double rowBytes = 4.0 * (2 * STATE + ACTION + 1);
    Reference socket = new Reference("loopback socket", setting.limits().socketBytes() / rowBytes);
    try (RemoteShard shard =
        new RemoteShard(
            setting.scratch().resolve("remote"), STATE, ACTION, THERE, NodeActors.LOOPBACK)) {
      double fed = (double) FED * shard.chunkRows();
      double drawn = (double) REQUESTS * AHEAD * HalfAndHalf.BATCH;
      setting.progress().accept("rows into a shard of another node");
      List<Measurement> all = new ArrayList<>();
      all.add(
          Measurement.rate(
              "remote-replay-in",
              "rows/s",
              fed,
              setting.stopwatch().time(() -> shard.feed(FED)),
              socket));
      setting.progress().accept("half-and-half batches out of it");
      ReplayView view = shard.view();
      all.add(
          Measurement.rate(
              "remote-replay-out",
              "rows/s",
              drawn,
              setting.stopwatch().time(() -> draw(view)),
              socket));
      setting.progress().accept("both at once");
      // As long as chunks go in, batches come out: each at its own pace.
      List<Double> in = new ArrayList<>();
      double[] out =
          setting
              .stopwatch()
              .time(
                  () -> {
                    long begun = System.nanoTime();
                    CompletableFuture<Void> feeding =
                        shard
                            .startFeeding(FED)
                            .thenRun(() -> in.add((System.nanoTime() - begun) * 1e-9));
                    draw(view);
                    RemoteShard.await(feeding);
                  });
      all.add(
          Measurement.rate(
              "remote-replay-in-while-out",
              "rows/s",
              fed,
              in.subList(in.size() - out.length, in.size()).stream()
                  .mapToDouble(Double::doubleValue)
                  .toArray()));
      all.add(Measurement.rate("remote-replay-out-while-in", "rows/s", drawn, out));
      all.addAll(overTls(setting, fed, drawn));
      return all;
    }
  }

  private static List<Measurement> overTls(BenchSetting setting, double fed, double drawn)
      throws IOException {
    setting.progress().accept("the same with TLS");
    try (RemoteShard shard =
        new RemoteShard(
            setting.scratch().resolve("remote-mtls"),
            STATE,
            ACTION,
            THERE,
            NodeActors.mutualTls(setting.scratch().resolve("remote-certificates")))) {
      double[] in = setting.stopwatch().time(() -> shard.feed(FED));
      ReplayView view = shard.view();
      double[] out = setting.stopwatch().time(() -> draw(view));
      return List.of(
          Measurement.rate("remote-replay-in-mtls", "rows/s", fed, in),
          Measurement.rate("remote-replay-out-mtls", "rows/s", drawn, out));
    }
  }

  private static void draw(ReplayView view) {
    MixtureDraw draw =
        new MixtureDraw(
            view.size(Provenance.EXPERT),
            view.size(Provenance.LEARNER),
            0.5,
            AHEAD * HalfAndHalf.BATCH);
    RandomStream random = new RandomStream(1);
    int[] drawn = new int[AHEAD * HalfAndHalf.BATCH];
    List<CompletableFuture<TransitionBatch>> under = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      int expert = draw.nextBatch(random, drawn, 0);
      under.add(view.gather(Provenance.EXPERT, java.util.Arrays.copyOf(drawn, expert)));
      under.add(
          view.gather(
              Provenance.LEARNER, java.util.Arrays.copyOfRange(drawn, expert, drawn.length)));
      // One request ahead of the one that is waited for.
      while (under.size() > 4) {
        under.remove(0).join();
      }
    }
    under.forEach(CompletableFuture::join);
  }
}
