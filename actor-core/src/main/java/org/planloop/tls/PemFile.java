package org.planloop.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.planloop.data.InvalidInputException;

/**
 * Reads keys and certificates in PEM (RFC 7468): base64 between BEGIN and END lines, other text
 * between blocks ignored. Every error names the file, what is wrong, and the way out.
 */
public final class PemFile {
  /** More is no key and no sensible bundle: a system's whole trust store has a fifth of it. */
  private static final int LARGEST = 1 << 20;

  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  /** What TLS 1.3 signs with. */
  private static final List<String> KEY_KINDS = List.of("EC", "RSA", "Ed25519", "Ed448");

  private record Block(String type, String base64) {}

  private PemFile() {}

  /**
   * @return the certificates in the file's order, at least one
   * @throws InvalidInputException if the file cannot be read, holds none, or a broken one
   */
  public static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> found = new ArrayList<>();
    for (Block block : blocks(file)) {
      if (block.type().equals(CERTIFICATE)) {
        found.add(certificate(file, block, found.size() + 1));
      }
    }
    if (found.isEmpty()) {
      throw new InvalidInputException(
          file + ": holds no certificate; it must have a -----BEGIN CERTIFICATE----- block");
    }
    return List.copyOf(found);
  }

  private static X509Certificate certificate(Path file, Block block, int number) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes(file, block)));
    } catch (CertificateException e) {
      throw new InvalidInputException(
          file + ": certificate " + number + " is broken (" + e.getMessage() + "); write it anew",
          e);
    }
  }

  /**
   * @return the one private key in the file
   * @throws InvalidInputException if the file cannot be read, holds no key or several, or one that
   *     is encrypted, in another format than PKCS#8 or of a kind that TLS 1.3 does not sign with
   */
  public static PrivateKey privateKey(Path file) {
    List<Block> keys =
        blocks(file).stream().filter(block -> block.type().endsWith(PRIVATE_KEY)).toList();
    if (keys.size() != 1) {
      throw new InvalidInputException(
          file
              + ": holds "
              + (keys.isEmpty() ? "no private key" : keys.size() + " private keys")
              + "; it must have one -----BEGIN PRIVATE KEY----- block");
    }
    Block key = keys.get(0);
    boolean encrypted = key.type().startsWith("ENCRYPTED") || key.base64().contains("ENCRYPTED");
    if (encrypted) {
      throw new InvalidInputException(
          file
              + ": the private key is encrypted, and there is nobody to ask for its passphrase;"
              + " write it with 'openssl pkcs8 -topk8 -nocrypt -in "
              + file
              + "' and guard the file");
    }
    if (!key.type().equals(PRIVATE_KEY)) {
      throw new InvalidInputException(
          file
              + ": holds a '"
              + key.type()
              + "', not PKCS#8; convert it with"
              + " 'openssl pkcs8 -topk8 -nocrypt -in "
              + file
              + "'");
    }
    return decode(file, bytes(file, key));
  }

  private static PrivateKey decode(Path file, byte[] encoded) {
    for (String kind : KEY_KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        // Of another kind, or broken: the next kind tells.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this Java knows no keys of kind " + kind, e);
      }
    }
    throw new InvalidInputException(
        file
            + ": the private key is broken or of none of the kinds "
            + KEY_KINDS
            + "; make a new one");
  }

  private static List<Block> blocks(Path file) {
    String text = text(file);
    Matcher begin = BEGIN.matcher(text);
    List<Block> blocks = new ArrayList<>();
    int from = 0;
    while (begin.find(from)) {
      String type = begin.group(1);
      String end = "-----END " + type + "-----";
      int until = text.indexOf(end, begin.end());
      if (until < 0) {
        throw new InvalidInputException(
            file + ": a block " + type + " has no END line; the file is cut off, write it anew");
      }
      blocks.add(new Block(type, text.substring(begin.end(), until)));
      from = until + end.length();
    }
    return blocks;
  }

  private static String text(Path file) {
    byte[] bytes;
    try (InputStream stream = Files.newInputStream(file)) {
      bytes = stream.readNBytes(LARGEST + 1);
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(
          file + ": there is no such file; make one with 'planloop certs', or name another", e);
    } catch (IOException e) {
      throw new InvalidInputException(
          file + ": cannot be read (" + e + "); it must be a file that this user may read", e);
    }
    if (bytes.length > LARGEST) {
      throw new InvalidInputException(
          file + ": is larger than 1 MiB, so no PEM file; name another");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(Path file, Block block) {
    try {
      return Base64.getMimeDecoder().decode(block.base64());
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          file
              + ": the block "
              + block.type()
              + " is no base64 ("
              + e.getMessage()
              + "); write it anew",
          e);
    }
  }
}
