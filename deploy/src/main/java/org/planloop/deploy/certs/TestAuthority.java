package org.planloop.deploy.certs;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.planloop.tls.SigningKey;

/**
 * Signs the certificates of a cluster's nodes. Keys are on the curve P-256. A test authority: its
 * key lies in a file, and nothing revokes what it has signed.
 */
public final class TestAuthority {
  /** Certificates begin this much in the past: the clocks of two machines may be an hour apart. */
  static final Duration BACKDATED = Duration.ofHours(2);

  private static final Duration LIFETIME = Duration.ofDays(3650);

  /** Longest common name (RFC 5280, appendix A). */
  private static final int LONGEST_COMMON_NAME = 64;

  private final PrivateKey key;
  private final X509Certificate certificate;

  /**
   * @param authority the authority's own certificate and key
   */
  public TestAuthority(Issued authority) {
    this.key = authority.key();
    this.certificate = authority.certificate();
  }

  /**
   * Makes a new one, valid for ten years.
   *
   * @param cluster what it is called after
   */
  public static TestAuthority create(String cluster, Instant now) {
    // Two authorities of one cluster's name are told apart in messages.
    return create(cluster, UUID.randomUUID().toString().substring(0, 8), now);
  }

  static TestAuthority create(String cluster, String mark, Instant now) {
    KeyPair pair = newKeys();
    X500Name name = name("Planloop test authority " + mark, cluster);
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  name,
                  newSerial(),
                  Date.from(now.minus(BACKDATED)),
                  Date.from(now.plus(LIFETIME)),
                  name,
                  pair.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
      return new TestAuthority(
          new Issued(pair.getPrivate(), sign(builder, pair.getPrivate(), pair.getPublic())));
    } catch (CertIOException | GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot make an authority", e);
    }
  }

  /** The certificate that peers trust. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** Signs with. */
  public PrivateKey key() {
    return key;
  }

  /** The cluster it was made for; empty where it was not made by {@link #create}. */
  public String cluster() {
    RDN[] clusters =
        X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()).getRDNs(BCStyle.O);
    return clusters.length == 0 ? "" : clusters[0].getFirst().getValue().toString();
  }

  /**
   * Makes a key and signs a certificate for a host, for servers and clients.
   *
   * @param lifetime from {@code now}; never beyond the authority's own end
   */
  public Issued issue(Host host, Instant now, Duration lifetime) {
    Instant end = certificate.getNotAfter().toInstant();
    Instant until = now.plus(lifetime);
    return issue(host, now.minus(BACKDATED), until.isAfter(end) ? end : until);
  }

  /** As {@link #issue(Host, Instant, Duration)}, valid from one instant to another. */
  Issued issue(Host host, Instant from, Instant until) {
    return issue(
        host,
        from,
        until,
        new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
  }

  Issued issue(Host host, Instant from, Instant until, ExtendedKeyUsage usage) {
    KeyPair pair = newKeys();
    String cluster = cluster();
    try {
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                  newSerial(),
                  Date.from(from),
                  Date.from(until),
                  name(host.name(), cluster),
                  pair.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(Extension.extendedKeyUsage, false, usage)
              .addExtension(
                  Extension.subjectAlternativeName,
                  false,
                  new GeneralNames(host.alternativeNames().toArray(GeneralName[]::new)))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  extensions.createAuthorityKeyIdentifier(certificate.getPublicKey()));
      return new Issued(pair.getPrivate(), sign(builder, key, certificate.getPublicKey()));
    } catch (CertIOException | GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot make a certificate", e);
    }
  }

  private static X500Name name(String common, String cluster) {
    X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
    if (!cluster.isEmpty()) {
      name.addRDN(BCStyle.O, cluster);
    }
    // A longer host stands in the alternative names alone, which are what peers look at.
    name.addRDN(
        BCStyle.CN,
        common.length() <= LONGEST_COMMON_NAME ? common : common.substring(0, LONGEST_COMMON_NAME));
    return name.build();
  }

  private static X509Certificate sign(
      X509v3CertificateBuilder builder, PrivateKey key, PublicKey authority)
      throws GeneralSecurityException {
    try {
      X509Certificate signed =
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(new JcaContentSignerBuilder(SigningKey.algorithm(key)).build(key)));
      signed.verify(authority);
      return signed;
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java makes no P-256 keys", e);
    }
  }

  /** 122 bits of Java's secure generator, positive. */
  private static BigInteger newSerial() {
    return new BigInteger(UUID.randomUUID().toString().replace("-", ""), 16);
  }
}
