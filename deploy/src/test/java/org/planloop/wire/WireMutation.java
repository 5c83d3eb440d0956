package org.planloop.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Ways in which bytes arrive that no sender of ours wrote. Each returns bytes of its own. */
enum WireMutation {
  NONE {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      return bytes.clone();
    }
  },
  FLIPPED_BITS {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      byte[] result = bytes.clone();
      for (int flips = 1 + random.nextInt(8); flips > 0 && result.length > 0; flips--) {
        result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return result;
    }
  },
  OVERWRITTEN_BYTES {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      byte[] result = bytes.clone();
      for (int writes = 1 + random.nextInt(4); writes > 0 && result.length > 0; writes--) {
        result[random.nextInt(result.length)] = TELLING[random.nextInt(TELLING.length)];
      }
      return result;
    }
  },
  CUT {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    }
  },
  EXTENDED {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      return joined(bytes, bytes.length, noise(1 + random.nextInt(64), random), 0);
    }
  },
  /** A length or number somewhere says something else. */
  LENGTH {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      int at = random.nextInt(bytes.length + 1);
      int replaced = Math.min(bytes.length, at + random.nextInt(6));
      byte[] head = joined(bytes, at, varint(number(bytes.length - at, random)), 0);
      return joined(head, head.length, bytes, replaced);
    }
  },
  /** A length of many, and that many bytes alike behind it: the most elements a frame can hold. */
  FULL_LENGTH {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      int at = random.nextInt(bytes.length + 1);
      int room = Math.max(0, maxBytes - at - 5);
      int count = random.nextInt(64) == 0 ? room : random.nextInt(Math.min(room, 512) + 1);
      byte[] elements = new byte[count];
      Arrays.fill(elements, TELLING[random.nextInt(TELLING.length)]);
      int stated = count / (1 << random.nextInt(4));
      byte[] head = joined(bytes, at, varint(stated), 0);
      byte[] filled = joined(head, head.length, elements, 0);
      return random.nextBoolean() ? filled : joined(filled, filled.length, bytes, at);
    }
  },
  SPLICED {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      return joined(
          bytes, random.nextInt(bytes.length + 1), other, random.nextInt(other.length + 1));
    }
  },
  /** A piece comes again, a few times or as often as the frame has room for it. */
  REPEATED {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      int from = random.nextInt(bytes.length + 1);
      int size = random.nextInt(Math.min(64, bytes.length - from) + 1);
      int fitting = Math.max(0, maxBytes - bytes.length) / Math.max(1, size);
      int times = Math.min(fitting, random.nextInt(128) == 0 ? fitting : 1 + random.nextInt(8));
      byte[] result = Arrays.copyOf(bytes, bytes.length + size * times);
      for (int i = 0; i < times; i++) {
        System.arraycopy(bytes, from, result, from + size * (i + 1), size);
      }
      System.arraycopy(
          bytes,
          from + size,
          result,
          from + size * (times + 1),
          Math.max(0, bytes.length - from - size));
      return result;
    }
  },
  REMOVED {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      int from = random.nextInt(bytes.length + 1);
      return joined(bytes, from, bytes, Math.min(bytes.length, from + 1 + random.nextInt(16)));
    }
  },
  /** A decimal number in a text says something else: in the JSON of a policy, mostly. */
  DIGITS {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      if (bytes.length == 0) {
        return bytes.clone();
      }
      int at = random.nextInt(bytes.length);
      for (int i = 0; i < bytes.length && !digit(bytes[at]); i++) {
        at = (at + 1) % bytes.length;
      }
      int end = at;
      while (end < bytes.length && digit(bytes[end])) {
        end++;
      }
      byte[] number = NUMBERS[random.nextInt(NUMBERS.length)].getBytes(StandardCharsets.US_ASCII);
      byte[] head = joined(bytes, at, number, 0);
      return joined(head, head.length, bytes, end);
    }
  },
  NOISE {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      int bound = random.nextInt(1024) == 0 ? maxBytes : Math.min(maxBytes, 256);
      return noise(random.nextInt(bound + 1), random);
    }
  },
  OVERSIZE {
    @Override
    byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random) {
      // Mostly of the small messages: the large ones are refused by the same line.
      int size = maxBytes > 4096 && random.nextInt(64) != 0 ? bytes.length + 1 : maxBytes + 1;
      return Arrays.copyOf(bytes, size + random.nextInt(16));
    }
  };

  private static final byte[] TELLING = {0, 1, 2, 3, 4, 0x20, 0x7f, (byte) 0x80, (byte) 0xff};

  private static final String[] NUMBERS = {
    "0",
    "-1",
    "1",
    "2",
    "65536",
    "1000000",
    "2147483647",
    "-2147483648",
    "4294967296",
    "9223372036854775807",
    "99999999999999999999",
    "1e308",
    "1e999999999",
    "0.5",
    "NaN",
    ""
  };

  /**
   * @param bytes a valid encoding
   * @param other another one
   * @param maxBytes the most that the message may take
   */
  abstract byte[] apply(byte[] bytes, byte[] other, int maxBytes, SplittableRandom random);

  private static boolean digit(byte character) {
    return character >= '0' && character <= '9';
  }

  private static long number(int remaining, SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> Integer.MAX_VALUE;
      case 1 -> 0xffffffffL;
      case 2 -> 1L << random.nextInt(36);
      case 3 -> remaining;
      case 4 -> remaining + 1L;
      case 5 -> remaining / 4;
      case 6 -> random.nextInt(256);
      default -> random.nextLong();
    };
  }

  private static byte[] varint(long value) {
    byte[] bytes = new byte[10];
    int size = 0;
    long rest = value;
    while ((rest & ~0x7fL) != 0 && size < 9) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return Arrays.copyOf(bytes, size);
  }

  private static byte[] noise(int size, SplittableRandom random) {
    byte[] noise = new byte[size];
    random.nextBytes(noise);
    return noise;
  }

  /** The first bytes of one and the last of another, from {@code from} on. */
  private static byte[] joined(byte[] first, int end, byte[] second, int from) {
    byte[] result = Arrays.copyOf(first, end + second.length - from);
    System.arraycopy(second, from, result, end, second.length - from);
    return result;
  }
}
