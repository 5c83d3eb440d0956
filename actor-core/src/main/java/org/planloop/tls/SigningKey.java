package org.planloop.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** What a private key signs with, and for which public key. */
public final class SigningKey {
  private SigningKey() {}

  /** The name of a key's signature algorithm, as Java's providers know it. */
  public static String algorithm(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> key.getAlgorithm();
    };
  }

  /** Whether a signature of the one is verified by the other. */
  public static boolean fits(PrivateKey key, PublicKey other) {
    try {
      byte[] text = "who signs?".getBytes(StandardCharsets.UTF_8);
      Signature signer = Signature.getInstance(algorithm(key));
      signer.initSign(key);
      signer.update(text);
      byte[] signed = signer.sign();
      Signature verifier = Signature.getInstance(algorithm(key));
      verifier.initVerify(other);
      verifier.update(text);
      return verifier.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // What a key of another kind or on another curve looks like.
    }
  }
}
