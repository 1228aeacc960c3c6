package keystone.agent.devshell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A project's devshell, made by real nix on this host, in a real guest that has no nix.
@ExtendWith(Installations.class)
final class DevshellIT {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final int USAGE = 2;

    private static final String FLAKE =
            NixWorld.flake(
                    "hello",
                    "#!/bin/sh\\necho hello from the store, $GREETING $HOOKED\\n",
                    """
                    GREETING = "it's";
                    shellHook = ''
                      echo noise
                      export HOOKED="$GREETING hooked"
                      exec 1>&2
                      exit 3
                    '';
                    """);
    private static final String SAID = "hello from the store, it's it's hooked";

    /// As `attach` has it: a window's shell is a login shell of tmux's own.
    private static final String IN_TMUX =
            """
            tmux -L devshell new-session -d
            tmux -L devshell send-keys 'hello >/tmp/said; tmux -L devshell wait-for -S said' Enter
            timeout 60 tmux -L devshell wait-for said
            tmux -L devshell kill-server
            cat /tmp/said
            """;

    @TempDir Path directory;

    private static Invocation with(NixWorld nix, Invocation invocation) {
        Invocation all = invocation;
        for (Map.Entry<String, String> each : nix.environment().entrySet()) {
            // The installation's own homes stay.
            boolean isNix = each.getKey().startsWith("NIX_") || each.getKey().endsWith("TOKEN");
            all = isNix ? all.with(each.getKey(), each.getValue()) : all;
        }
        return all;
    }

    private static Ended refresh(Installation home, NixWorld nix, Project project)
            throws InterruptedException {
        return with(nix, home.keystone("devshell", "refresh", "--yes", project.path().toString()))
                .run();
    }

    private static Sandbox start(Installation home, NixWorld nix, Project project, String... flags)
            throws InterruptedException {
        with(nix, home.starting(project, flags)).run().succeeds();
        return home.sandbox(project.path().getFileName().toString(), project);
    }

    private static List<String> entries(NixWorld nix) throws Exception {
        try (Stream<Path> entries = Files.list(nix.store())) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void every_session_has_the_devshell_and_of_the_store_what_it_needs(Installation home)
            throws Exception {
        NixWorld nix = NixWorld.in(directory);
        Path other = nix.build("others", "");
        Project project = home.project("shop");
        project.git("config", "user.name", "Ada");
        project.git("config", "user.email", "ada@example.org");
        project.write("flake.nix", FLAKE);
        refresh(home, nix, project).succeeds();

        Sandbox shop = start(home, nix, project);

        assertThat(shop.says("hello")).isEqualTo(SAID);
        assertThat(shop.keystone("ssh", "--", "hello").run().succeeds().text()).isEqualTo(SAID);
        assertThat(shop.says("bash", "-lc", "hello")).isEqualTo(SAID);
        assertThat(shop.says("bash", "-c", IN_TMUX)).isEqualTo(SAID);
        assertThat(
                        shop.home()
                                .keystone("task", "run", "--agent", "shell", "hello")
                                .in(project.path())
                                .within(LIMIT)
                                .run()
                                .succeeds()
                                .output())
                .contains(SAID);
        Path inSandbox = home.launcher().resolveSibling("in-sandbox");
        assertThat(
                        home.program(inSandbox, "sh", "-c", "pwd; hello")
                                .in(project.path().resolve("src"))
                                .run()
                                .succeeds()
                                .text())
                .isEqualTo("/workspace/src\n" + SAID);
        assertThat(shop.dir().run().path().resolve("prompt"))
                .content()
                .endsWith("\nshop\n" + project.path() + "\n");
        String prompt = "source <(\"$0\" shell-hook bash); keystone_agent_prompt";
        assertThat(
                        home.program(Path.of("/bin/bash"), "-c", prompt, home.launcher() + "")
                                .in(project.path().resolve("src"))
                                .run()
                                .succeeds()
                                .text())
                .isEqualTo("[shop]");
        assertThat(shop.says("sh", "-c", "env; cat /run/keystone/devshell*"))
                .doesNotContain("ghp_of-the-host");
        String store = nix.store().toString();
        List<String> shown = shop.says("ls", store).lines().toList();
        assertThat(shown).hasSize(3).isSubsetOf(entries(nix));
        assertThat(entries(nix)).contains(other.getFileName().toString());
    }

    /// As root in the guest, by every way to a file that there is.
    private static void assertNothingIsWritten(Sandbox shop, NixWorld nix, String entry)
            throws Exception {
        List<String> before = entries(nix);
        String hello = shop.says("bash", "-c", "readlink -f \"$(command -v hello)\"").strip();
        String content = Files.readString(Path.of(hello));

        shop.executing(
                        "sudo",
                        "bash",
                        "-c",
                        """
                        store=$1 entry=$2 hello=$3
                        for each in "$store" "$entry" "${hello%/bin/hello}"; do mount -o remount,rw "$each"; done
                        mkdir /tmp/again && mount -t virtiofs -o rw store /tmp/again
                        for each in "$store" /tmp/again; do
                            touch "$each/new"; mkdir "$each/made"; rm -rf "$each"/*-hello; mv "$each"/*-stdenv "$each/moved"
                        done
                        echo evil >>"$hello"; chmod 777 "$hello"; chown 0:0 "$hello"; rm -f "$hello"; ln -sf /etc/passwd "$hello"
                        truncate -s 0 "$hello"; setfattr -n user.evil -v 1 "$hello"; touch "$hello"; mknod "$store/node" c 1 3
                        true
                        """,
                        "attack",
                        nix.store().toString(),
                        entry,
                        hello)
                .within(LIMIT)
                .run()
                .succeeds();

        assertThat(entries(nix)).isEqualTo(before);
        assertThat(Path.of(hello)).content().isEqualTo(content);
        assertThat(shop.says("hello")).isEqualTo(SAID);
    }

    @Test
    @Tag("full")
    void with_all_of_the_store_the_guest_reads_everything_and_writes_nothing(Installation home)
            throws Exception {
        NixWorld nix = NixWorld.in(directory);
        Path other = nix.build("others", "");
        Project project = home.project("shop");
        project.write("flake.nix", FLAKE);
        refresh(home, nix, project).succeeds();

        Sandbox shop = start(home, nix, project, "--devshell", "store", "--share", "9p");

        assertThat(shop.says("hello")).isEqualTo(SAID);
        assertThat(shop.says("ls", other.toString())).isEqualTo("bin");
        assertNothingIsWritten(shop, nix, other.toString());
    }

    @Test
    @Tag("full")
    void a_flake_that_the_guest_wrote_is_not_evaluated_by_the_next_start(Installation home)
            throws Exception {
        NixWorld nix = NixWorld.in(directory);
        Path marker = nix.root().resolve("evaluated");
        Project project = home.project("shop");
        project.write("flake.nix", FLAKE);
        Ended unapproved = with(nix, home.starting(project)).run().succeeds();
        assertThat(unapproved.errors())
                .contains("flake.nix would be evaluated on this host, and is not approved")
                .contains("keystone-agent devshell refresh");
        Sandbox shop = home.sandbox("shop", project);
        assertThat(shop.executing("hello").run().status()).isEqualTo(127);
        refresh(home, nix, project).succeeds();
        shop.keystone("stop").run().succeeds();
        with(nix, shop.starting("--share", "9p")).run().succeeds();
        assertThat(shop.says("hello")).isEqualTo(SAID);

        String evil =
                NixWorld.flake(
                        "mkShell { packages = [ (sh \"evil\" { } \"touch %s; mkdir $out\") ]; }"
                                .formatted(marker));
        shop.executing("sh", "-c", "cat >/workspace/flake.nix").reading(evil).run().succeeds();
        shop.keystone("stop").run().succeeds();
        Ended changed = with(nix, shop.starting()).run().succeeds();

        assertThat(changed.errors()).contains("has changed since you approved it");
        assertThat(marker).doesNotExist();
        assertThat(shop.says("hello")).isEqualTo(SAID);
        String entry = shop.says("ls", nix.store().toString()).lines().findFirst().orElseThrow();
        assertNothingIsWritten(shop, nix, nix.store() + "/" + entry);
        assertThat(
                        with(nix, home.keystone("devshell", "refresh", project.path().toString()))
                                .run()
                                .endsWith(USAGE)
                                .errors())
                .contains("asks, and nobody is here");
        assertThat(marker).doesNotExist();
        // What was approved by its user is evaluated: so the test can fail.
        refresh(home, nix, project).succeeds();
        assertThat(marker).exists();
    }
}
