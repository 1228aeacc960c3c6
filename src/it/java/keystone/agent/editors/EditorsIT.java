package keystone.agent.editors;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real editors and the programs that people use over ssh, on one sandbox.
@Tag("full")
@ExtendWith(Installations.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.MethodName.class)
final class EditorsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static Installation home;
    private static Sandbox blue;
    private static OwnSsh ssh;
    private static String host;

    @BeforeAll
    static void start(Installation installation) throws Exception {
        home = installation;
        blue = home.start(home.project("blue"));
        ssh = new OwnSsh(home);
        host = OwnSsh.host(blue);
    }

    private static Path file(String name, String content) throws Exception {
        return Files.writeString(home.userHome().resolve(name), content);
    }

    private static String inGuest(String script) throws Exception {
        return blue.says("sh", "-ec", "cd; " + script);
    }

    @Test
    void scp_sftp_and_rsync_carry_files_both_ways() throws Exception {
        Path sent = file("sent", "over\n");
        Path batch = file("batch", "put sent by-sftp\nget by-scp back-by-sftp\n");

        String _ = ssh.says("scp", "-q", sent.toString(), host + ":by-scp");
        String _ = ssh.says("sftp", "-q", "-b", batch.toString(), host);
        String _ =
                ssh.says("rsync", "-a", "-e", ssh.program("ssh").toString(), "sent", host + ":r");
        String _ =
                ssh.says("rsync", "-a", "-e", ssh.program("ssh").toString(), host + ":r", "back");

        assertThat(inGuest("cat by-scp by-sftp r")).isEqualTo("over\nover\nover");
        assertThat(home.userHome().resolve("back-by-sftp")).hasContent("over");
        assertThat(home.userHome().resolve("back")).hasContent("over");
    }

    @Test
    void sshfs_shows_the_project_over_the_alias_and_carries_files_both_ways() throws Exception {
        Path shown = Files.createDirectories(home.userHome().resolve("shown"));
        String way = "contain_symlinks,ssh_command=" + ssh.program("ssh");
        Command sshfs =
                ssh.command("sshfs", "-f", "-o", way, host + ":/workspace", shown.toString());

        try (OwnedProcess mounted = sshfs.start()) {
            Wait.until("the project is there", LIMIT, () -> Files.exists(shown.resolve("README")));
            assertThat(shown.resolve("README")).hasContent("hello");
            Files.writeString(shown.resolve("by-sshfs"), "over\n");
            assertThat(blue.says("cat", "/workspace/by-sshfs")).isEqualTo("over");

            String _ = ssh.says("fusermount3", "-u", shown.toString());
            assertThat(mounted.awaitExit(LIMIT)).hasValue(0);
        }
        assertThat(shown).isEmptyDirectory();
    }

    @Test
    void git_clones_and_pushes_over_the_alias() throws Exception {
        String _ = inGuest("git init -q --bare --initial-branch=main repo.git");
        String _ = ssh.says("git", "clone", "-q", host + ":repo.git", "clone");
        Path clone = home.userHome().resolve("clone");
        Files.writeString(clone.resolve("a"), "a\n");
        String at = clone.toString();

        String _ = ssh.says("git", "-C", at, "add", "a");
        String _ =
                ssh.says(
                        "git",
                        "-C",
                        at,
                        "-c",
                        "user.name=Ada",
                        "-c",
                        "user.email=ada@example.org",
                        "commit",
                        "-qm",
                        "One");
        String _ = ssh.says("git", "-C", at, "push", "-q", "origin", "HEAD:main");

        assertThat(inGuest("git -C repo.git log --format=%s main")).isEqualTo("One");
    }

    private static List<String> opening(String... words) throws Exception {
        Json.Obj opening = home.keystone(words).with("PATH", ssh.path()).run().succeeds().object();
        return opening.array("command").stream().map(each -> each.asString("word")).toList();
    }

    /// Without a terminal; it would take what comes later for a file to be read from the pipe.
    private static void edit(List<String> command) throws Exception {
        var words = new ArrayList<>(command.subList(1, command.size()));
        words.addFirst("--headless");
        words.addAll(List.of("-c", "s/old/new/", "-c", "wq!"));
        String _ = ssh.says(command.getFirst(), words.toArray(String[]::new));
    }

    @Test
    void neovim_reads_and_writes_a_file_that_only_the_guest_has() throws Exception {
        String _ = inGuest("echo old > nvim.txt");
        var command =
                new ArrayList<>(
                        opening(
                                "open",
                                blue.name(),
                                "/home/sandbox/nvim.txt:1",
                                "--editor",
                                "nvim",
                                "--json"));
        assertThat(command)
                .containsExactly("nvim", "+1", "scp://" + host + "//home/sandbox/nvim.txt");

        edit(command);

        assertThat(inGuest("cat nvim.txt")).isEqualTo("new");
    }

    @Test
    void neovim_opens_the_hosts_own_files_of_a_shared_tree() throws Exception {
        blue.project().write("shared.txt", "old\n");
        var command =
                new ArrayList<>(
                        opening("open", blue.name(), "shared.txt:1", "--editor", "nvim", "--json"));
        assertThat(command)
                .containsExactly(
                        "nvim", "+1", blue.project().path().resolve("shared.txt").toString());

        edit(command);

        assertThat(inGuest("cat /workspace/shared.txt")).isEqualTo("new");
    }

    @Test
    void emacs_reads_and_writes_a_file_of_the_guest() throws Exception {
        String _ = inGuest("echo old > emacs.txt");
        List<String> command =
                opening(
                        "open",
                        blue.name(),
                        "/home/sandbox/emacs.txt:1",
                        "--editor",
                        "emacs",
                        "--json");
        assertThat(command)
                .containsExactly(
                        "emacsclient",
                        "-n",
                        "-a",
                        "emacs",
                        "+1",
                        "/ssh:" + host + ":/home/sandbox/emacs.txt");

        String edit =
                "(progn (find-file \"%s\") (goto-char (point-min)) (delete-char 3) (insert \"new\")"
                                .formatted(command.getLast())
                        + " (save-buffer) (princ (shell-command-to-string \"uname -n\")))";
        String said = ssh.says("emacs", "-Q", "--batch", "--eval", edit);

        assertThat(said).endsWith(inGuest("uname -n"));
        assertThat(inGuest("cat emacs.txt")).isEqualTo("new");
    }

    @ParameterizedTest
    @CsvSource({
        "code, --new-window --folder-uri=vscode-remote://ssh-remote+HOST/workspace",
        "code-insiders, --new-window --folder-uri=vscode-remote://ssh-remote+HOST/workspace",
        "codium, --new-window --folder-uri=vscode-remote://ssh-remote+HOST/workspace",
        "cursor, --new-window --folder-uri=vscode-remote://ssh-remote+HOST/workspace",
        "windsurf, --new-window --folder-uri=vscode-remote://ssh-remote+HOST/workspace",
        "zed, ssh://sandbox@HOST/workspace"
    })
    void each_editor_gets_its_own_words(String editor, String words) throws Exception {
        Path record = home.root().resolve("record");
        Files.deleteIfExists(record);
        Path _ = ssh.script(editor, "printf '%s ' \"$@\" > " + record);

        Ended _ =
                home.keystone("open", blue.name(), "--editor", editor)
                        .with("PATH", ssh.path())
                        .run()
                        .succeeds();

        assertThat(record).content().isEqualTo(words.replace("HOST", host) + " ");
    }

    @Test
    void the_first_editor_in_the_path_is_taken_and_a_variable_comes_first() throws Exception {
        Path _ = ssh.script("zed", "true");

        assertThat(opening("open", blue.name(), "--json").getFirst()).isNotEmpty();
        Json.Obj chosen =
                home.keystone("open", blue.name(), "--json")
                        .with("PATH", ssh.path())
                        .with("KEYSTONE_AGENT_EDITOR", ssh.program("zed").toString())
                        .run()
                        .succeeds()
                        .object();

        assertThat(chosen.string("editor")).isEqualTo("zed");
        assertThat(chosen.array("command").getFirst().asString("word"))
                .isEqualTo(ssh.program("zed").toString());
    }

    /// What VS Code does to bring its server in and to talk to it.
    @Test
    void the_steps_of_a_remote_server_work() throws Exception {
        Path server = file("server.py", SERVER);
        String _ = ssh.says("tar", "-czf", "server.tar.gz", server.getFileName().toString());
        Path batch = file("upload", "put server.tar.gz .server.tar.gz\n");

        assertThat(ssh.says("ssh", "-T", host, "uname -sm")).isEqualTo("Linux x86_64");
        String _ = ssh.says("sftp", "-q", "-b", batch.toString(), host);
        String port =
                ssh.says(
                        "ssh",
                        "-T",
                        host,
                        "mkdir -p .server && tar -xzf .server.tar.gz -C .server && cd .server &&"
                                + " (setsid python3 server.py > port 2>&1 < /dev/null &) && until [ -s"
                                + " port ]; do sleep 0.1; done; cat port");

        int here = free();
        Command forward =
                ssh.command("ssh", "-T", "-o", "ExitOnForwardFailure=yes", "-L")
                        .with(here + ":127.0.0.1:" + port, host, "cat");
        try (OwnedProcess _ = forward.start()) {
            Wait.until("the server answers", LIMIT, () -> get(here).endsWith("the server"));
        } finally {
            String _ = inGuest("pkill -f [s]erver.py");
        }
    }

    private static final String SERVER =
            """
            import http.server
            class Answer(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(b"the server")
            server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
            print(server.server_port, flush=True)
            server.serve_forever()
            """;

    private static int free() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String get(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (java.io.IOException notYet) {
            return "";
        }
    }

    /// The last one: by the order of names.
    @Test
    void zz_a_mount_outlives_a_restart_and_a_connection_starts_what_is_stopped() throws Exception {
        String _ = inGuest("mkdir -p tree; echo one > tree/f");
        Json.Obj mounted =
                blue.keystone("mount", "/home/sandbox/tree", "--json").run().succeeds().object();
        Path tree = Path.of(mounted.string("host"));
        assertThat(tree.resolve("f")).hasContent("one");
        Kernel.processesWith(tree.toString()).forEach(sshfs -> Kernel.kill(sshfs.pid()));
        assertThat(reads(tree.resolve("f"))).isFalse();

        Ended _ = blue.keystone("mount", "/home/sandbox/tree").run().succeeds();
        assertThat(tree.resolve("f")).hasContent("one");
        Ended _ = blue.keystone("restart").within(LIMIT).run().succeeds();
        Wait.until("the mount is there again", LIMIT, () -> reads(tree.resolve("f")));
        Ended _ = blue.keystone("stop").within(LIMIT).run().succeeds();

        assertThat(tree).doesNotExist();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(tree.toString());
        Command.Finished again = ssh.command("ssh", host, "cat tree/f").run(LIMIT);
        assertThat(again.output()).as(again.toString()).isEqualTo("one\n");
        assertThat(again.errors()).contains("guest ssh");
        assertThat(blue.state()).isEqualTo("running");
    }

    private static boolean reads(Path file) {
        try {
            return Command.of("cat", file.toString()).run(Duration.ofSeconds(20)).ok();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
