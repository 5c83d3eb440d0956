package org.planloop.deploy.certs;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/** A certificate and the key that it was made for. */
public record Issued(PrivateKey key, X509Certificate certificate) {}
