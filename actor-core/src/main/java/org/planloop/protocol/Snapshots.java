package org.planloop.protocol;

import java.nio.ByteBuffer;
import org.apache.pekko.actor.typed.ActorRef;

/** What publisher and caches say about policy snapshots. */
public sealed interface Snapshots extends WireMessage {

  /**
   * A cache of another node is there and wants every new snapshot. Repeated now and then, in case
   * one side was restarted.
   *
   * @param newest the newest version that the cache holds, -1 for none
   */
  record Subscribe(ActorRef<Chunk> cache, int newest) implements Snapshots {}

  /**
   * A cache lacks a version. Answered by all chunks of it; not at all if nobody has published it
   * yet.
   */
  record Fetch(int version, ActorRef<Chunk> cache) implements Snapshots {}

  /**
   * A piece of an encoded snapshot, smaller than a frame.
   *
   * @param version of the snapshot
   * @param index of this chunk, from 0
   * @param count chunks of the whole snapshot
   * @param totalBytes length of the whole snapshot
   * @param checksum CRC32C of the whole snapshot
   * @param bytes of this chunk, from position to limit; read-only
   */
  record Chunk(int version, int index, int count, int totalBytes, long checksum, ByteBuffer bytes)
      implements Snapshots {}
}
