package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.BuildId;
import keystone.agent.model.Delivery;
import keystone.agent.model.Devshell;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.GitIdentity.Person;
import keystone.agent.model.GitMode;
import keystone.agent.model.HostPattern;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.LiveFacts;
import keystone.agent.model.MaskRules;
import keystone.agent.model.Masking;
import keystone.agent.model.NamePatterns;
import keystone.agent.model.PlaceholderShape;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Program;
import keystone.agent.model.Publication;
import keystone.agent.model.PublishedPort;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretPlace;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretSource;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.model.Watching;
import org.junit.jupiter.api.Test;

class WireTest {
    private static final Digest IMAGE = Digest.of("image");
    private static final Person ADA = new Person("A \"da\"", "ada@example.org");
    private static final Person CI = new Person("Ci", "ci@example.org");
    private static final SandboxSpec SPEC =
            new SandboxSpec(
                    new SandboxName("blue"),
                    Path.of("/src/blue"),
                    IMAGE,
                    BuildId.create(IMAGE),
                    Resources.DEFAULT,
                    ShareDriver.NINE_P,
                    GitMode.DIRECT,
                    EgressPolicy.USUAL,
                    PortsPolicy.USUAL,
                    List.of(),
                    null);

    private static final PortsNow PORTS =
            new PortsNow(
                    PortsPolicy.USUAL.with(new Publication(8080, 80)).without(5432),
                    List.of(
                            new PublishedPort(80, null, "", PublishedPort.By.YOU, "taken"),
                            new PublishedPort(3000, 3000, "node", PublishedPort.By.ITSELF, "")),
                    "more");
    /// Those we know, and one of every other kind.
    private static final List<SecretRef> REFS =
            Stream.concat(
                            KnownSecrets.all().stream(),
                            Stream.of(
                                    new SecretRef(
                                            new SecretName("OWN"),
                                            List.of(
                                                    new SecretSource.Command(List.of("op", "a b")),
                                                    new SecretSource.File(Path.of("/etc/own"))),
                                            SecretRef.Encoding.BASE64,
                                            List.of(HostPattern.parse("*.example.org:8443")),
                                            List.of(new SecretPlace.Basic()),
                                            null,
                                            new PlaceholderShape("own-", 40))))
                    .toList();

    @Test
    void a_boot_order_arrives_as_it_was_sent() {
        var order =
                new BootOrder(
                        SPEC,
                        BootOrder.Disk.RENEW,
                        Map.of("KEY", "a\n'b'"),
                        Map.of("HTTPS_PROXY", "http://p.example:1"),
                        new GitIdentity(ADA, CI),
                        SecretOrder.of(
                                REFS,
                                Map.of("OPENAI_API_KEY", "v", "PATH", "/bin", "HOME", "/root"),
                                Map.of(new SecretName("OPENAI_API_KEY"), Delivery.FILE)),
                        new MaskRules(
                                new NamePatterns(List.of("*.pem", "!.env*")),
                                new NamePatterns(List.of("*.p8"))),
                        new Devshell(
                                Digest.of("inputs"),
                                Path.of("/nix/store"),
                                Devshell.Extent.STORE,
                                List.of("0123456789abcdfghijklmnpqrsvwxyz-hello"),
                                Map.of("PATH", "/nix/store/x/bin"),
                                "echo 'hi'\n"));

        assertThat(BootOrder.fromJson(Json.parse(order.toJson().compact()).asObject()))
                .isEqualTo(order);
        assertThat(order.secrets().environment()).containsOnlyKeys("OPENAI_API_KEY", "HOME");
    }

    @Test
    void a_boot_order_does_not_print_the_environment() {
        var order =
                new BootOrder(
                        SPEC,
                        BootOrder.Disk.KEEP,
                        Map.of("TOKEN", "s3cret"),
                        Map.of("HTTPS_PROXY", "http://me:s3cret@p.example"),
                        null,
                        SecretOrder.of(KnownSecrets.all(), Map.of("GH_TOKEN", "s3cret"), Map.of()),
                        MaskRules.NONE);

        assertThat(order.toString() + order.secrets()).doesNotContain("s3cret");
    }

    @Test
    void an_answer_arrives_as_it_was_sent() {
        Instant since = Instant.parse("2026-01-02T03:04:05Z");
        var live =
                new LiveFacts(
                        2222,
                        17,
                        16,
                        since,
                        "tcg",
                        "slow",
                        "9p",
                        "built in",
                        "protected",
                        "out of reach",
                        "Ada <ada@example.org>",
                        "open",
                        "2 connections now",
                        List.of("seccomp"),
                        new Watching(Watching.How.EVENTS, "12 directories", 3, 4),
                        PORTS,
                        List.of("GH_TOKEN"),
                        List.of("OPENAI_API_KEY"),
                        new Masking(
                                List.of(".env"),
                                List.of(new Masking.Exposed(".env.local", "it is new")),
                                "there is too much"),
                        3);
        var running = new Answer(new SandboxState.Running(since), live);
        var starting = new Answer(new SandboxState.Starting("kernel"), null);
        var stalled = new Answer(new SandboxState.Broken("the disk is full", "make room"), live);

        assertThat(Answer.fromJson(running.toJson())).isEqualTo(running);
        assertThat(Answer.fromJson(starting.toJson())).isEqualTo(starting);
        assertThat(Answer.fromJson(stalled.toJson())).isEqualTo(stalled);
        assertThat(Answer.fromJson(stalled.toJson()).program()).isEqualTo(Program.running());
    }

    @Test
    void of_another_program_s_answer_the_state_is_enough() {
        Json.Obj program =
                Json.object().with("version", "9.0").with("commit", "fedcba").with("protocol", 9);
        Json.Obj live = Json.object().with("since", "2026-01-02T03:04:05Z").with("port", "new");
        Json.Obj said =
                Json.object().with("state", "running").with("program", program).with("live", live);

        Answer answer = Answer.fromJson(said);

        assertThat(answer.state())
                .isEqualTo(new SandboxState.Running(Instant.parse("2026-01-02T03:04:05Z")));
        assertThat(answer.live()).isNull();
        assertThat(answer.program()).hasToString("9.0 (fedcba)");
        Json.Obj ours = new Answer(new SandboxState.Stopping(), null).toJson().with("live", live);
        assertThatThrownBy(() -> Answer.fromJson(ours)).isInstanceOf(JsonException.class);
    }

    @Test
    void a_state_that_no_supervisor_can_have_is_refused() {
        assertThatThrownBy(() -> Answer.fromJson(Json.object().with("state", "stopped")))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void an_error_keeps_its_kind_and_its_fix() {
        Json.Obj fix =
                Json.object()
                        .with("fix", "do this")
                        .with("quoted", Json.array(List.of("fatal: no"), Json::string));

        UserError error = ToldError.of(new RpcError(6, "wrong", fix));

        assertThat(error.kind()).isEqualTo(UserError.Kind.WRONG_STATE);
        assertThat(error.problem()).isEqualTo("wrong");
        assertThat(error.fix()).isEqualTo("do this");
        assertThat(error.quoted()).containsExactly("fatal: no");
    }

    @Test
    void an_error_of_an_earlier_supervisor_quotes_nobody_and_has_a_fix() {
        UserError error = ToldError.of(new RpcError(6, "wrong", null));

        assertThat(error.quoted()).isEmpty();
        assertThat(error.fix()).isEqualTo("keystone-agent doctor");
    }
}
