package org.planloop.deploy.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.planloop.data.InvalidInputException;

/** The secret that a request shows. It is kept as a digest, and no text of this class has it. */
public final class Token {
  private static final String OPTION = "--http-token-file";
  private static final int SHORTEST = 16;
  private static final int LONGEST = 4096;

  private final byte[] digest;

  private Token(String secret) {
    digest = digest(secret);
  }

  /**
   * Reads a file of one line, the token.
   *
   * @throws InvalidInputException if it cannot be read, every user of the machine can read it, or
   *     it is no line of 16 to 4096 visible ASCII characters
   */
  public static Token read(Path file) {
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        throw wrong(file, "every user of this machine can read it; 'chmod o-rwx' it and change it");
      }
      if (Files.size(file) > LONGEST + 2) {
        throw wrong(file, "is too long: " + Files.size(file) + " bytes, not one line");
      }
      String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
      if (!text.matches("[!-~]{" + SHORTEST + "," + LONGEST + "}")) {
        throw wrong(
            file,
            "must hold one line of "
                + SHORTEST
                + " to "
                + LONGEST
                + " visible ASCII characters, as 'openssl rand -hex 32' makes it");
      }
      return new Token(text);
    } catch (IOException e) {
      throw new InvalidInputException(OPTION + " " + file + " cannot be read: " + e, e);
    }
  }

  private static InvalidInputException wrong(Path file, String what) {
    return new InvalidInputException(OPTION + " " + file + ": " + what);
  }

  private static byte[] digest(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether this is the token. Takes as long for one that is nearly right as for any other. */
  boolean matches(String shown) {
    return MessageDigest.isEqual(digest, digest(shown));
  }
}
