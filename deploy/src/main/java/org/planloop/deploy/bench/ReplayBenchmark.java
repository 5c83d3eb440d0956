package org.planloop.deploy.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.ReplayView;
import org.planloop.replay.StoreIdentity;

/** Rows into replay files and half-and-half batches out of them, in process; rows of 54 floats. */
final class ReplayBenchmark implements Benchmark {
  private static final int STATE = 23;
  private static final int ACTION = 7;
  private static final int CHUNKS = 200;

  @Override
  public String name() {
    return "replay";
  }

  @Override
  public String title() {
    return "rows into replay files, each commit on disk, and half-and-half batches out of them";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) throws IOException {
    setting.progress().accept("rows into replay files");
    Measurement in = in(setting);
    setting.progress().accept("half-and-half batches out of replay files");
    return List.of(in, out(setting));
  }

  private static Measurement in(BenchSetting setting) throws IOException {
    try (ReplayStore store =
        ReplayStore.open(
            setting.scratch().resolve("in"), new StoreIdentity("bench", STATE, ACTION), 1 << 26)) {
      TransitionBatch rows = RandomRows.chunk(STATE, ACTION, new RandomStream(1));
      AtomicInteger job = new AtomicInteger();
      Runnable append =
          () -> {
            try {
              for (int i = 0; i < 8; i++) {
                store.append(RandomRows.key(Provenance.LEARNER, job.getAndIncrement()), 1, 0, rows);
              }
              store.commit();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          };
      long before = store.bytes();
      int first = job.get();
      double[] seconds = setting.stopwatch().time(append);
      double written = (double) (job.get() - first) * RandomRows.CHUNK;
      return Measurement.rate("replay-in", "rows/s", 8.0 * RandomRows.CHUNK, seconds)
          .counting("bytes a transition", (store.bytes() - before) / written);
    }
  }

  private static Measurement out(BenchSetting setting) throws IOException {
    try (ReplayStore store =
        RandomRows.store(setting.scratch().resolve("out"), STATE, ACTION, CHUNKS)) {
      ReplayView view = store.view(1);
      double rowBytes = 4.0 * (2 * STATE + ACTION + 1);
      return Measurement.rate(
          "replay-out-half-and-half",
          "rows/s",
          (double) HalfAndHalf.BATCH * HalfAndHalf.BATCHES,
          setting.stopwatch().time(new HalfAndHalf(view)),
          new Reference("reading the rows in order", setting.limits().readBytes() / rowBytes));
    }
  }
}
