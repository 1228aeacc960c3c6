package keystone.agent.egress;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Whom this host believes that they are who they say: the system's bundle of authorities, and what
/// the user's variables add to it, such as a company's own.
final class HostTrust {
    /// Where distributions have their bundle; the first that is there counts.
    private static final List<String> SYSTEM =
            List.of(
                    "/etc/ssl/certs/ca-certificates.crt",
                    "/etc/pki/tls/certs/ca-bundle.crt",
                    "/etc/ssl/ca-bundle.pem",
                    "/etc/ssl/cert.pem");

    /// Variables that name a bundle in addition; OpenSSL's, Node's, curl's and Python's.
    static final List<String> ADDED =
            List.of(
                    "SSL_CERT_FILE",
                    "NIX_SSL_CERT_FILE",
                    "NODE_EXTRA_CA_CERTS",
                    "CURL_CA_BUNDLE",
                    "REQUESTS_CA_BUNDLE");

    private HostTrust() {}

    /// For connections to servers.
    ///
    /// @param environment of whoever runs us
    /// @param isGuests whether a guest can change a file: who vouches for servers is not its
    /// choice,
    ///     so that one is passed over
    /// @throws UserError when a variable names what cannot be used: who adds an authority wants it
    static SSLContext context(Map<String, String> environment, Predicate<Path> isGuests) {
        return trustingOf(authorities(environment, isGuests));
    }

    /// The same, one by one.
    ///
    /// @throws UserError as [#context]
    static List<Certificate> authorities(
            Map<String, String> environment, Predicate<Path> isGuests) {
        try {
            var authorities = new ArrayList<Certificate>();
            Path system = system();
            if (system == null) {
                authorities.addAll(List.of(builtIn()));
            } else {
                authorities.addAll(read(system));
            }
            for (String variable : ADDED) {
                String file = environment.getOrDefault(variable, "");
                if (!file.isEmpty() && !isGuests.test(Path.of(file))) {
                    authorities.addAll(added(variable, Path.of(file)));
                }
            }
            return List.copyOf(authorities);
        } catch (GeneralSecurityException | IOException e) {
            throw unusable(e);
        }
    }

    private static UserError unusable(Exception cause) {
        return new UserError(
                UserError.Kind.HOST_LACKS,
                "this host's bundle of certificate authorities cannot be read",
                "see that the package ca-certificates is installed",
                cause);
    }

    static SSLContext trustingOf(List<? extends Certificate> authorities) {
        try {
            return trusting(authorities);
        } catch (GeneralSecurityException | IOException e) {
            throw unusable(e);
        }
    }

    private static @Nullable Path system() {
        return SYSTEM.stream().map(Path::of).filter(Files::isReadable).findFirst().orElse(null);
    }

    private static List<Certificate> added(String variable, Path file) {
        try {
            return read(file);
        } catch (IOException | GeneralSecurityException notABundle) {
            throw new UserError(
                    UserError.Kind.USAGE,
                    "this host's %s names no bundle of certificates: %s"
                            .formatted(variable, Printable.of(file.toString())),
                    "correct it, or unset it for this command",
                    notABundle);
        }
    }

    private static List<Certificate> read(Path bundle)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(bundle)) {
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
        }
    }

    private static X509Certificate[] builtIn() throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return Stream.of(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("there are none"))
                .getAcceptedIssuers();
    }

    /// These and no others.
    static SSLContext trusting(List<? extends Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + i, authorities.get(i));
        }
        var factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        TrustManager[] managers = factory.getTrustManagers();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers, null);
        return context;
    }
}
