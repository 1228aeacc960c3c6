package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.cli.Desk.Outcome;
import keystone.agent.model.Check;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorCommandTest {
    private static final Check GIT = Check.passed("git", "git version 2.39.5");
    private static final Check KVM =
            Check.warning("kvm", "there is no /dev/kvm", "enable virtualisation\nin the firmware");
    private static final Check QEMU =
            Check.failed(
                    "qemu",
                    "it is not \u001b[31minstalled",
                    List.of("sudo", "apt-get", "install", "-y", "qemu"));

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
    }

    @Test
    void a_healthy_host_is_0() {
        desk.use.host.checks.add(GIT);
        desk.use.host.checks.add(KVM);

        Outcome outcome = desk.run("doctor");

        assertThat(outcome.status()).isZero();
        assertThat(outcome.all())
                .isEqualTo(
                        """
                        ok    git  git version 2.39.5
                        warn  kvm  there is no /dev/kvm
                                   fix: enable virtualisation
                                        in the firmware
                        """);
    }

    @Test
    void a_lack_is_4_and_comes_with_what_to_type() {
        desk.use.host.checks.add(QEMU);

        Outcome outcome = desk.run("doctor");

        assertThat(outcome.status()).isEqualTo(4);
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        FAIL  qemu  it is not ?[31minstalled
                                    fix: sudo apt-get install -y qemu
                        """);
        assertThat(outcome.err()).isEqualTo("1 check failed\n");
    }

    @Test
    void a_long_message_is_wrapped_on_a_terminal_and_a_fix_never() {
        String words = "word ".repeat(30).strip();
        desk.use.host.checks.add(Check.warning("kvm", words, words));
        desk.environment.put("NO_COLOR", "1");
        desk.outIsTerminal = true;

        List<String> lines = desk.run("doctor").out().lines().toList();

        assertThat(lines).hasSize(4);
        assertThat(lines.subList(0, 3)).allMatch(line -> line.length() <= 80);
        assertThat(lines.getLast()).endsWith("fix: " + words);
    }

    @Test
    void machines_get_json() {
        desk.use.host.checks.add(GIT);
        desk.use.host.checks.add(QEMU);

        Outcome outcome = desk.run("doctor", "--json");

        assertThat(outcome.status()).isEqualTo(4);
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        [
                          {
                            "name": "git",
                            "status": "passed",
                            "message": "git version 2.39.5",
                            "fix": null
                          },
                          {
                            "name": "qemu",
                            "status": "failed",
                            "message": "it is not \\u001b[31minstalled",
                            "fix": "sudo apt-get install -y qemu"
                          }
                        ]
                        """);
    }

    @Test
    void fix_repairs_what_is_safe_and_only_shows_the_rest_without_a_terminal() {
        desk.use.host.checks.add(QEMU);

        Outcome outcome = desk.run("doctor", "--fix");

        assertThat(outcome.err()).contains("note: made /state");
        assertThat(outcome.status()).isEqualTo(4);
        assertThat(desk.use.host.calls).isEmpty();
    }

    @Test
    void fix_runs_on_a_terminal_what_the_person_agrees_to() {
        desk.use.host.checks.add(QEMU);
        desk.use.host.checks.add(KVM);
        desk.terminal = true;

        desk.typed = "n\n";
        assertThat(desk.run("doctor", "--fix").status()).isEqualTo(4);
        assertThat(desk.use.host.calls).isEmpty();

        desk.typed = "y\n";
        assertThat(desk.run("doctor", "--fix").status()).isZero();
        assertThat(desk.use.host.calls).containsExactly("run sudo apt-get install -y qemu");
    }
}
