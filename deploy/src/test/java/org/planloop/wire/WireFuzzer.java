package org.planloop.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.planloop.replay.actor.ReplayShard;
import org.planloop.wire.WireCatalogue.Entry;

/**
 * Bytes that were a message once: valid encodings of every message of every catalogue, and of every
 * part with a codec of its own, changed by one to three {@link WireMutation}s. A case follows from
 * the seed and its number alone, so any of them can be had again.
 */
final class WireFuzzer {
  private static final List<WireMutation> MUTATIONS = List.of(WireMutation.values());
  private static final int SAMPLES = 24;
  private static final int SHOWN_BYTES = 300;
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final long seed;
  private final List<Target> targets = new ArrayList<>();

  /** An entry and valid encodings of it. */
  private record Target(Entry entry, List<byte[]> encodings) {}

  /**
   * One case.
   *
   * @param entry what the bytes claim to be
   * @param manifest of a message; mangled now and then
   * @param mutations that were applied, in order
   */
  record Case(
      long seed,
      long number,
      Entry entry,
      String manifest,
      List<WireMutation> mutations,
      byte[] bytes) {
    /** Whether the manifest is not the entry's own, but perhaps another message's. */
    boolean mangled() {
      return entry.isMessage() && !manifest.equals(entry.manifest());
    }

    @Override
    public String toString() {
      byte[] shown = Arrays.copyOf(bytes, Math.min(bytes.length, SHOWN_BYTES));
      return "case "
          + number
          + " of seed "
          + seed
          + ": "
          + entry.type().getSimpleName()
          + ", "
          + manifest
          + ", "
          + mutations
          + ", "
          + bytes.length
          + " bytes "
          + HexFormat.of().formatHex(shown);
    }
  }

  WireFuzzer(long seed, WireFormat format, WireRegistry registry, ActorRef<?> actor)
      throws ReflectiveOperationException, WireException {
    this.seed = seed;
    for (Entry entry : registry.entries()) {
      if (entry.isMessage() || entry.coding() != null) {
        List<byte[]> encodings = new ArrayList<>();
        for (int sample = 0; sample < SAMPLES; sample++) {
          WireSamples samples = new WireSamples(sample, actor, registry);
          encodings.add(encode(format, entry, samples.of(entry.type())));
          if (entry.type() == ReplayShard.Block.class && sample < 2) {
            encodings.add(format.write(new ReplayShard.Block(samples.batch(500, 40, 10))));
          }
        }
        targets.add(new Target(entry, encodings));
      }
    }
  }

  private static byte[] encode(WireFormat format, Entry entry, Object value) throws WireException {
    return entry.isMessage() ? format.write(value) : encode(entry.coding(), value);
  }

  private static <T extends Record> byte[] encode(WireCatalogue.Coding<T> coding, Object value) {
    return coding.encode().apply(coding.type().cast(value));
  }

  /** How many messages and parts are changed. */
  int targets() {
    return targets.size();
  }

  /** The types of these. */
  Set<Class<?>> types() {
    return targets.stream().map(target -> target.entry.type()).collect(Collectors.toSet());
  }

  Case number(long number) {
    SplittableRandom random = new SplittableRandom(seed + number * GOLDEN);
    Target target = targets.get(random.nextInt(targets.size()));
    int maxBytes = target.entry.isMessage() ? target.entry.maxBytes() : WireCatalogue.MAX_BYTES;
    // Now and then the bytes are another message's from the start.
    byte[] bytes = random.nextInt(16) == 0 ? encoding(random) : own(target, random);
    List<WireMutation> mutations = new ArrayList<>();
    for (int count = 1 + random.nextInt(8) / 5; count > 0; count--) {
      WireMutation mutation = MUTATIONS.get(random.nextInt(MUTATIONS.size()));
      byte[] other = random.nextBoolean() ? own(target, random) : encoding(random);
      bytes = mutation.apply(bytes, other, maxBytes, random);
      mutations.add(mutation);
    }
    if (!target.entry.isMessage() && random.nextBoolean()) {
      bytes = withItsLength(bytes);
    }
    String manifest = target.entry.isMessage() ? target.entry.manifest() : "";
    if (random.nextInt(64) == 0) {
      manifest = mangled(manifest, random);
    }
    return new Case(seed, number, target.entry, manifest, List.copyOf(mutations), bytes);
  }

  private byte[] encoding(SplittableRandom random) {
    return own(targets.get(random.nextInt(targets.size())), random);
  }

  private static byte[] own(Target target, SplittableRandom random) {
    List<byte[]> encodings = target.encodings;
    byte[] bytes = encodings.get(random.nextInt(encodings.size()));
    // The large ones rarely: a copy of 200 KB costs as much as a hundred small cases.
    return bytes.length > 4096 && random.nextInt(32) != 0 ? encodings.get(0) : bytes;
  }

  /** A policy whose stated length of the JSON header is right again, so that more of it is read. */
  private static byte[] withItsLength(byte[] bytes) {
    int end = Long.BYTES;
    for (int depth = 0; end < bytes.length; end++) {
      depth += bytes[end] == '{' ? 1 : bytes[end] == '}' ? -1 : 0;
      if (depth == 0) {
        break;
      }
    }
    if (bytes.length > Long.BYTES) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, end + 1 - Long.BYTES);
    }
    return bytes;
  }

  private static String mangled(String manifest, SplittableRandom random) {
    byte[] text = manifest.getBytes(StandardCharsets.UTF_8);
    byte[] changed = WireMutation.OVERWRITTEN_BYTES.apply(text, text, 0, random);
    return new String(changed, StandardCharsets.ISO_8859_1);
  }
}
