package keystone.agent.egress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import keystone.agent.model.HostName;
import keystone.agent.model.SandboxName;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The certificate authority of one sandbox, which its guest alone trusts: with it we are, towards
/// the guest, the hosts that its secrets go to. Its key is in this process's memory and nowhere
/// else. Thread-safe.
///
/// Loading what makes certificates takes a moment, so this is made when a secret first needs it.
final class Authority {
    /// Clocks of guests go wrong, most of all after their host has slept.
    static final Duration SKEW = Duration.ofDays(2);

    /// No run lasts longer, and the key is gone with the run.
    static final Duration LIFE = Duration.ofDays(365);

    static final Duration LEAF_LIFE = Duration.ofDays(7);
    private static final int MOST_LEAVES = 256;

    private static final String SIGNATURE = "SHA256withECDSA";

    private final SandboxName sandbox;
    private final InstantSource clock;
    private final int mostLeaves;
    private final SecureRandom random = new SecureRandom();
    private final KeyPair key;
    private final KeyPair leafKey;
    private final X509Certificate certificate;
    private final Map<HostName, Leaf> leaves =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<HostName, Leaf> eldest) {
                    return size() > mostLeaves;
                }
            };

    private record Leaf(SSLContext context, Instant renew) {}

    Authority(SandboxName sandbox, InstantSource clock) {
        this(sandbox, clock, MOST_LEAVES);
    }

    /// @param mostLeaves that are kept; the one that was not needed for longest goes first
    Authority(SandboxName sandbox, InstantSource clock, int mostLeaves) {
        this.sandbox = sandbox;
        this.mostLeaves = mostLeaves;
        this.clock = clock;
        try {
            this.key = newKey();
            this.leafKey = newKey();
            this.certificate = ownCertificate();
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("cannot make a certificate authority", e);
        }
    }

    private KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }

    private X509Certificate ownCertificate()
            throws GeneralSecurityException, IOException, OperatorCreationException {
        Instant now = clock.instant();
        var name = new X500Name("CN=keystone-agent sandbox " + sandbox + " " + tag());
        var builder =
                new JcaX509v3CertificateBuilder(
                        name,
                        serial(),
                        Date.from(now.minus(SKEW)),
                        Date.from(now.plus(LIFE)),
                        name,
                        key.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key.getPublic()));
        return signed(builder);
    }

    /// Authorities of one name but different keys confuse programs that keep the older one.
    private String tag() {
        return new BigInteger(48, random).toString(36);
    }

    private BigInteger serial() {
        return new BigInteger(120, random).setBit(120);
    }

    private X509Certificate signed(JcaX509v3CertificateBuilder builder)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(
                                new JcaContentSignerBuilder(SIGNATURE).build(key.getPrivate())));
    }

    X509Certificate certificate() {
        return certificate;
    }

    /// The certificate as the guest's bundles have it (RFC 7468).
    String pem() {
        try {
            byte[] encoded = certificate.getEncoded();
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// A key store with this authority and others, for whatever Java a guest has: the old format,
    /// since all versions read it, and without a password.
    byte[] javaTrust(List<Certificate> others) {
        try {
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(null, null);
            store.setCertificateEntry("keystone-agent", certificate);
            for (int i = 0; i < others.size(); i++) {
                store.setCertificateEntry("authority-" + i, others.get(i));
            }
            var bytes = new ByteArrayOutputStream();
            store.store(bytes, "changeit".toCharArray());
            return bytes.toByteArray();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make a key store", e);
        }
    }

    /// For answering a guest in that host's place.
    SSLContext contextFor(HostName host) {
        Instant now = clock.instant();
        synchronized (leaves) {
            Leaf known = leaves.get(host);
            if (known != null && now.isBefore(known.renew())) {
                return known.context();
            }
            Leaf made = new Leaf(context(leaf(host)), now.plus(LEAF_LIFE.dividedBy(2)));
            leaves.put(host, made);
            return made.context();
        }
    }

    X509Certificate leaf(HostName host) {
        Instant now = clock.instant();
        var builder =
                new JcaX509v3CertificateBuilder(
                        certificate,
                        serial(),
                        Date.from(now.minus(SKEW)),
                        Date.from(now.plus(LEAF_LIFE)),
                        new X500Name("CN=keystone-agent"),
                        leafKey.getPublic());
        try {
            int kind = host.address().isPresent() ? GeneralName.iPAddress : GeneralName.dNSName;
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(kind, host.text())));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
            return signed(builder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("cannot make a certificate", e);
        }
    }

    private SSLContext context(X509Certificate leaf) {
        try {
            char[] none = new char[0];
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, none);
            store.setKeyEntry(
                    "leaf", leafKey.getPrivate(), none, new X509Certificate[] {leaf, certificate});
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, none);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, random);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot use a certificate", e);
        }
    }

    @Override
    public String toString() {
        return "Authority[" + sandbox + "]";
    }
}
