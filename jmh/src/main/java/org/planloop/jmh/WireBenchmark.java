package org.planloop.jmh;

import java.io.NotSerializableException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.replay.actor.ReplayShard;

/** A chunk of 512 transitions of 54 floats on its way to replay, to bytes and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WireBenchmark {
  private final ActorSystem<ReplayShard.AppendReply> system =
      ActorSystem.create(Behaviors.ignore(), "jmh");
  private final SerializerWithStringManifest serializer;
  private final ReplayShard.Append append;
  private final String manifest;
  private final byte[] bytes;

  /** With an actor as the chunk's sender. */
  public WireBenchmark() {
    ActorRef<ReplayShard.AppendReply> sender = system;
    append =
        new ReplayShard.Append(
            new ChunkKey(new JobKey(Provenance.LEARNER, 1, 1, 0), 0),
            1,
            1,
            Chunks.random(),
            sender);
    serializer =
        (SerializerWithStringManifest)
            SerializationExtension.get(Adapter.toClassic(system)).findSerializerFor(append);
    manifest = serializer.manifest(append);
    bytes = serializer.toBinary(append);
  }

  /** Stops them. */
  @TearDown
  public void stop() {
    system.terminate();
  }

  @Benchmark
  public byte[] serialize() {
    return serializer.toBinary(append);
  }

  @Benchmark
  public Object deserialize() throws NotSerializableException {
    return serializer.fromBinary(bytes, manifest);
  }
}
