package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.json.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EditorCommandsTest {
    private static final int USAGE = 2;
    private static final int NOT_FOUND = 3;
    private static final int DECLINED = 5;
    private static final int WRONG_STATE = 6;

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
        desk.use.add(FakeUseCases.running("blue", top));
    }

    private List<String> calls() {
        return desk.use.editors.calls;
    }

    @Test
    void the_block_is_printed_and_what_is_missing_is_said() {
        var printed = desk.run("ssh-config", "blue");

        assertThat(printed.out()).isEqualTo("Host ks-blue\n");
        assertThat(printed.err()).contains("keystone-agent ssh-config --install");
    }

    @Test
    void ssh_is_told_once_and_can_be_told_otherwise() {
        assertThat(desk.run("ssh-config", "--install").err())
                .contains("added to the top of /home/ada/.ssh/config");
        assertThat(desk.run("ssh-config", "--install").err()).contains("already");
        assertThat(desk.run("start", "-d").out()).contains("  ssh          ssh ks-");
        assertThat(desk.run("ssh-config", "--uninstall").err()).contains("taken out of");
        assertThat(desk.run("ssh-config", "--install", "--uninstall").status()).isEqualTo(USAGE);
    }

    @Test
    void what_ssh_knows_is_an_object() {
        assertThat(Json.parse(desk.run("ssh-config", "--json").out()))
                .isEqualTo(
                        Json.parse(
                                """
                                {"installed": false, "userConfig": "/home/ada/.ssh/config",
                                 "include": "Include \\"/state/*/ssh_config\\"",
                                 "hosts": [{"name": "blue", "alias": "ks-blue",
                                            "file": "/state/blue/ssh_config"}]}
                                """));
    }

    @Test
    void an_editor_is_not_started_with_an_ssh_that_does_not_know_the_sandbox() {
        var refused = desk.run("open");

        assertThat(refused.status()).isEqualTo(WRONG_STATE);
        assertThat(refused.err()).contains("fix:   keystone-agent ssh-config --install");
        assertThat(calls()).noneMatch(call -> call.startsWith("launch"));
    }

    @Test
    void somebody_at_a_terminal_is_asked_whether_ssh_may_be_told() {
        desk.terminal = true;
        desk.typed = "no\n";
        assertThat(desk.run("open").status()).isEqualTo(DECLINED);
        assertThat(desk.use.editors.installed).isFalse();

        desk.typed = "yes\n";
        assertThat(desk.run("open").status()).isZero();
        assertThat(desk.use.editors.installed).isTrue();
        assertThat(calls()).endsWith("launch [code, --new-window]");
    }

    @Test
    void a_stopped_sandbox_is_started_for_an_editor_and_only_for_one_that_goes_there() {
        desk.use.editors.installed = true;
        desk.use.add(FakeUseCases.stopped("blue", top));
        assertThat(desk.run("open", "--print").out())
                .isEqualTo("vscode://there\ncode --new-window\n");
        assertThat(calls()).noneMatch(call -> call.startsWith("start"));

        assertThat(desk.run("open").status()).isZero();
        assertThat(calls()).endsWith("start again blue", "launch [code, --new-window]");

        desk.use.add(FakeUseCases.stopped("blue", top));
        desk.use.editors.alias = null;
        calls().clear();
        assertThat(desk.run("open", "--host").status()).isZero();
        assertThat(calls()).noneMatch(call -> call.startsWith("start"));
    }

    @Test
    void one_word_is_a_sandbox_if_there_is_one_of_that_name() {
        assertThat(desk.run("open-code", "--json", "blue").status()).isZero();
        assertThat(desk.run("open", "--json", "src/a:b.c:12:7").status()).isZero();
        assertThat(desk.run("open", "--json", "--host", "blue", "red:3").status()).isZero();
        assertThat(desk.run("open", "--json", "--editor", "zed", "red").status()).isZero();

        assertThat(calls())
                .containsExactly(
                        "plan blue null USUAL null 0",
                        "plan blue null USUAL src/a:b.c 12",
                        "plan blue null HOST red 3",
                        "plan blue zed USUAL red 0");
    }

    @Test
    void a_number_after_a_colon_is_a_line_unless_it_is_the_end_of_a_name() throws IOException {
        Path project = desk.directory;
        Files.writeString(project.resolve("notes"), "");
        Files.writeString(project.resolve("notes:12"), "");
        Files.writeString(project.resolve("12:30"), "");
        for (String word : List.of("notes:12", "12:30", "only-inside:3")) {
            assertThat(desk.run("open", "--json", word).status()).isZero();
        }

        assertThat(calls())
                .containsExactly(
                        "plan blue null USUAL notes 12",
                        "plan blue null USUAL 12:30 0",
                        "plan blue null USUAL only-inside 3");
    }

    @Test
    void a_connection_to_a_stopped_sandbox_starts_it() {
        desk.use.add(FakeUseCases.stopped("blue", top));

        var connected = desk.run("ssh-proxy", "blue");

        assertThat(connected.status()).isZero();
        assertThat(connected.out()).isEmpty();
        assertThat(calls()).containsExactly("start again blue", "connect blue");
        assertThat(desk.run("--help").out()).doesNotContain("ssh-proxy");
    }

    @Test
    void a_directory_is_mounted_and_taken_away() {
        assertThat(desk.run("mount").out()).isEqualTo("/mnt/blue\n");
        assertThat(desk.run("mount", "/etc", "--read-only", "--at", "x").status()).isZero();
        assertThat(desk.run("unmount", "blue", "/etc", "--json").out()).contains("\"/etc\"");
        assertThat(desk.run("unmount", "/nowhere").status()).isEqualTo(NOT_FOUND);
        assertThat(desk.run("umount").err()).contains("is not at /mnt/blue any more");
        assertThat(desk.run("unmount").err()).contains("nothing of blue is mounted");

        assertThat(calls())
                .contains(
                        "mount blue MountRequest[guest=null, at=null, access=READ_WRITE]",
                        "mount blue MountRequest[guest=/etc, at=%s, access=READ_ONLY]"
                                .formatted(top.resolve("x")));
    }
}
