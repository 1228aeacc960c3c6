package keystone.agent.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// What a guest holds so that its programs can use secrets that it does not have: placeholders in
/// variables and in the agents' own files, and whom it has to trust. Only what was asked for to be
/// delivered is a secret itself.
public final class GuestHoldings {
    /// In the guest's memory, for as long as it runs.
    private static final String AUTHORITY = "/run/keystone/authority.crt";

    private static final String JAVA_TRUST = "/run/keystone/trust.jks";

    /// Where delivered values are.
    public static final String DELIVERED = "/run/keystone/secrets";

    /// The system's, which has the authority, too.
    private static final String BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

    /// In each file of a log-in: one that has it is ours, and may be replaced.
    public static final String MARK = "keystone-agent-placeholder";

    /// What tells programs whom to trust: each by the name that it knows.
    private static final Map<String, String> TRUSTING =
            new TreeMap<>(
                    Map.of(
                            "NODE_EXTRA_CA_CERTS", AUTHORITY,
                            "SSL_CERT_FILE", BUNDLE,
                            "CODEX_CA_CERTIFICATE", BUNDLE,
                            "REQUESTS_CA_BUNDLE", BUNDLE,
                            "PIP_CERT", BUNDLE,
                            "CARGO_HTTP_CAINFO", BUNDLE,
                            "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", BUNDLE,
                            "JAVA_TOOL_OPTIONS", "-Djavax.net.ssl.trustStore=" + JAVA_TRUST));

    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
    private static final int PRIVATE = 0600;
    private static final int READABLE = 0644;

    private final Map<String, String> variables;
    private final Trust trust;
    private final Map<String, String> logIns;
    private final Map<String, String> delivered;

    /// Whom its programs have to trust.
    public static final class Trust {
        private final String authority;
        private final byte[] javas;

        /// @param authority a certificate in PEM, to be trusted like those of the system's bundle
        /// @param javas a key store for Java's programs, with that authority in it
        public Trust(String authority, byte[] javas) {
            this.authority = authority;
            this.javas = javas.clone();
        }
    }

    /// All that it shall hold from now on.
    ///
    /// @param variables for every session that begins, beside those that say whom to trust
    /// @param logIns what is to be in files below the user's home, where nothing else is there
    /// @param delivered values by name: files of their own, in memory, for the guest's user alone
    public GuestHoldings(
            Map<String, String> variables,
            Trust trust,
            Map<String, String> logIns,
            Map<String, String> delivered) {
        this.variables = new TreeMap<>(TRUSTING);
        this.variables.putAll(variables);
        this.trust = trust;
        this.logIns = new TreeMap<>(logIns);
        this.delivered = new TreeMap<>(delivered);
        EnvironmentScript.validate(variables);
        logIns.keySet().forEach(GuestHoldings::requirePlain);
        delivered.keySet().forEach(GuestHoldings::requirePlain);
    }

    Set<String> logInFiles() {
        return logIns.keySet();
    }

    /// They become words of a shell.
    private static void requirePlain(String path) {
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("not a plain path");
        }
    }

    /// For [HoldingScript].
    byte[] tar() {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes, 512, StandardCharsets.UTF_8.name())) {
            add(tar, "authority.crt", READABLE, utf8(marked(trust.authority)));
            add(tar, "trust.jks", READABLE, trust.javas);
            add(tar, "sudoers", READABLE, utf8(keptBySudo()));
            add(tar, "secrets.sh", PRIVATE, utf8(EnvironmentScript.forFile(variables)));
            for (Map.Entry<String, String> each : logIns.entrySet()) {
                add(tar, "log-ins/" + each.getKey(), READABLE, utf8(each.getValue()));
            }
            for (Map.Entry<String, String> each : delivered.entrySet()) {
                add(tar, "secrets/" + each.getKey(), PRIVATE, utf8(each.getValue()));
            }
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return bytes.toByteArray();
    }

    /// Otherwise sudo takes from its programs what they would have to trust.
    private static String keptBySudo() {
        return "Defaults:sandbox env_keep += \"%s\"\n"
                .formatted(String.join(" ", TRUSTING.keySet()));
    }

    /// With a line by which it is found again in a bundle; readers of PEM pass over it (RFC 7468,
    /// 5.2).
    private static String marked(String certificate) {
        return "# keystone-agent: whom this sandbox trusts in this run\n" + certificate;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void add(TarArchiveOutputStream tar, String file, int mode, byte[] content)
            throws IOException {
        var entry = new TarArchiveEntry(file);
        entry.setSize(content.length);
        entry.setMode(mode);
        entry.setIds(0, 0);
        entry.setNames("", "");
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    /// Without what it holds.
    @Override
    public String toString() {
        return "GuestHoldings[" + variables.keySet() + "]";
    }
}
