package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import keystone.agent.model.HostName;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuthorityTest {
    private static final Instant START = Instant.parse("2026-11-27T12:00:00Z");

    private final SetClock clock = new SetClock(START);
    private final Authority authority = new Authority(new SandboxName("blue"), clock);

    @Test
    void it_signs_for_one_host_at_a_time_and_may_make_no_other_authority() throws Exception {
        X509Certificate root = authority.certificate();

        assertThat(root.getBasicConstraints()).isZero();
        assertThat(root.getKeyUsage()).startsWith(false, false, false, false, false, true, true);
        assertThat(root.getSubjectX500Principal().getName()).contains("sandbox blue");
        assertThat(((ECPublicKey) root.getPublicKey()).getParams().getOrder().bitLength())
                .isEqualTo(256);
        root.verify(root.getPublicKey());
    }

    @Test
    void a_leaf_names_its_host_and_is_a_server_and_no_authority() throws Exception {
        X509Certificate leaf = authority.leaf(new HostName("api.example.org"));

        assertThat(leaf.getSubjectAlternativeNames())
                .containsExactly(List.of(2, "api.example.org"));
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        validate(leaf, START);
    }

    @Test
    void an_address_is_named_as_one() throws Exception {
        assertThat(authority.leaf(new HostName("127.0.0.1")).getSubjectAlternativeNames())
                .containsExactly(List.of(7, "127.0.0.1"));
        assertThat(authority.leaf(HostName.parse("::1")).getSubjectAlternativeNames())
                .containsExactly(List.of(7, "0:0:0:0:0:0:0:1"));
    }

    @Test
    void the_longest_name_fits() throws Exception {
        String name = ("a".repeat(49) + ".").repeat(5) + "org";

        X509Certificate leaf = authority.leaf(new HostName(name));

        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(2, name));
        validate(leaf, START);
    }

    @Test
    void clocks_that_go_wrong_by_a_day_do_not_matter_and_years_do() throws Exception {
        X509Certificate leaf = authority.leaf(new HostName("api.example.org"));

        validate(leaf, START.minus(Duration.ofDays(1)));
        validate(leaf, START.plus(Duration.ofDays(6)));
        assertThatThrownBy(() -> validate(leaf, START.plus(Duration.ofDays(30))))
                .isInstanceOf(CertPathValidatorException.class);
    }

    private void validate(X509Certificate leaf, Instant at) throws Exception {
        var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf));
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        assertThat(CertPathValidator.getInstance("PKIX").validate(path, parameters)).isNotNull();
    }

    @Test
    void a_leaf_is_made_once_renewed_in_time_and_not_kept_for_ever() {
        var keepsTwo = new Authority(new SandboxName("blue"), clock, 2);
        var host = new HostName("api.example.org");
        var first = keepsTwo.contextFor(host);

        assertThat(keepsTwo.contextFor(host)).isSameAs(first);
        clock.set(START.plus(Authority.LEAF_LIFE.dividedBy(2)).plusSeconds(1));
        var second = keepsTwo.contextFor(host);
        assertThat(second).isNotSameAs(first);

        var other = keepsTwo.contextFor(new HostName("b.example.org"));
        assertThat(keepsTwo.contextFor(host)).isSameAs(second);
        var _ = keepsTwo.contextFor(new HostName("c.example.org"));
        assertThat(keepsTwo.contextFor(host)).isSameAs(second);
        assertThat(keepsTwo.contextFor(new HostName("b.example.org"))).isNotSameAs(other);
    }

    @Test
    void two_sandboxes_have_nothing_in_common() {
        var other = new Authority(new SandboxName("blue"), clock);

        assertThat(other.certificate().getPublicKey())
                .isNotEqualTo(authority.certificate().getPublicKey());
        assertThat(other.certificate().getSubjectX500Principal())
                .isNotEqualTo(authority.certificate().getSubjectX500Principal());
    }

    @Test
    void openssl_agrees(@TempDir Path directory) throws Exception {
        Path root = Files.writeString(directory.resolve("root.pem"), authority.pem());
        X509Certificate leaf = authority.leaf(new HostName("api.example.org"));
        Path der = Files.write(directory.resolve("leaf.der"), leaf.getEncoded());
        Path pem = directory.resolve("leaf.pem");
        Duration limit = Duration.ofSeconds(20);
        assertThat(
                        Command.of(
                                        "openssl", "x509", "-inform", "DER", "-in", der + "",
                                        "-out", pem + "")
                                .run(limit)
                                .ok())
                .isTrue();

        var verified =
                Command.of("openssl", "verify", "-x509_strict", "-purpose", "sslserver")
                        .with("-attime", Long.toString(START.getEpochSecond()))
                        .with("-verify_hostname", "api.example.org")
                        .with("-CAfile", root.toString(), pem.toString())
                        .run(limit);

        assertThat(verified.output() + verified.errors()).contains(": OK");
    }

    @Test
    void its_certificate_reads_back_and_its_key_is_nowhere() throws Exception {
        var read =
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(
                                        authority.pem().getBytes(StandardCharsets.US_ASCII)));

        assertThat(read).isEqualTo(authority.certificate());
        assertThat(authority.pem() + authority).doesNotContain("PRIVATE");
    }
}
