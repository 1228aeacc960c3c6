package keystone.agent.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.guest.GuestRepository.Followed;
import keystone.agent.guest.GuestRepository.Followed.Kind;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A guest with files of its own, with real git, and bash, but no machine.
@Timeout(60)
final class GuestCloneTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir private Path top;

    private Path host;
    private Path guest;
    private Path workspace;

    @BeforeEach
    void a_host_with_a_commit() throws Exception {
        host = Files.createDirectory(top.toRealPath().resolve("host"));
        guest = top.toRealPath().resolve("guest.git");
        workspace = Files.createDirectory(top.toRealPath().resolve("workspace"));
        git("init", "--quiet", "--initial-branch=main");
        Files.createDirectory(host.resolve("dir"));
        Files.writeString(host.resolve("dir/file"), "one\n");
        git("add", ".");
        git("commit", "--quiet", "--message=One");
        git("branch", "topic");
    }

    private String git(String... arguments) throws Exception {
        return PlainGit.run(List.of("-C", host.toString()), arguments);
    }

    private String inside(String... arguments) throws Exception {
        return PlainGit.run(List.of("--git-dir=" + guest, "--work-tree=" + workspace), arguments);
    }

    private GuestRepository repository() {
        return new GuestRepository(
                new SandboxName("blue"),
                script ->
                        Command.of("bash", "-c", script.replace("/workspace", workspace.toString()))
                                .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null"),
                guest.toString(),
                "/nowhere");
    }

    private byte[] pack(String revisions) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (OwnedProcess packing =
                Command.of("git", "-C", host.toString(), "pack-objects", "--quiet")
                        .with("--revs", "--stdout")
                        .start()) {
            packing.input().write(revisions.getBytes(US_ASCII));
            packing.input().close();
            packing.output().transferTo(bytes);
        }
        return bytes.toByteArray();
    }

    private Command.Finished take(byte[] pack) throws InterruptedException {
        return repository().takePack().run(LIMIT, pack);
    }

    private Followed cloned() throws Exception {
        assertThat(take(pack(git("rev-parse", "main") + "\n")).ok()).isTrue();
        return repository().followApart(PlainGit.state(host));
    }

    private Path file() {
        return workspace.resolve("dir/file");
    }

    @Test
    void a_new_one_has_branches_and_files() throws Exception {
        assertThat(repository().has().isNew()).isTrue();

        assertThat(cloned()).isEqualTo(new Followed(Kind.DONE, List.of()));

        assertThat(file()).hasContent("one\n");
        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## main");
        assertThat(inside("rev-parse", "host/topic", "topic"))
                .isEqualTo(git("rev-parse", "topic", "topic"));
        assertThat(inside("fsck", "--no-progress")).isEmpty();
        assertThat(Files.readString(guest.resolve("objects/info/alternates"))).isEmpty();
        GuestRepository.Has has = repository().has();
        assertThat(has.isNew()).isFalse();
        assertThat(has.objects()).contains(git("rev-parse", "main"));
    }

    @Test
    void what_is_checked_out_stays_when_the_host_goes_on() throws Exception {
        cloned();
        String first = git("rev-parse", "main");
        Files.writeString(file(), "mine\n");
        Files.writeString(host.resolve("dir/file"), "two\n");
        git("commit", "--quiet", "--all", "--message=Two");
        git("branch", "--force", "topic", "main");
        git("switch", "--quiet", "topic");

        take(pack(git("rev-parse", "main") + "\n^" + first + "\n"));
        Followed followed = repository().followApart(PlainGit.state(host));

        assertThat(followed).isEqualTo(new Followed(Kind.DONE, List.of()));
        assertThat(inside("rev-parse", "host/main", "topic"))
                .isEqualTo(git("rev-parse", "main", "main"));
        assertThat(inside("rev-parse", "main")).isEqualTo(first);
        assertThat(inside("symbolic-ref", "--short", "HEAD")).isEqualTo("main");
        assertThat(file()).hasContent("mine\n");
        assertThat(inside("status", "--porcelain")).isEqualTo(" M dir/file");
    }

    @Test
    void one_that_was_half_made_is_made_again() throws Exception {
        cloned();
        Files.delete(guest.resolve("index"));
        Files.delete(file());
        Files.writeString(
                guest.resolve("HEAD"), "ref: refs/heads/" + GuestScript.BEING_MADE + "\n");

        assertThat(repository().has().isNew()).isTrue();
        assertThat(cloned().kind()).isEqualTo(Kind.DONE);

        assertThat(file()).hasContent("one\n");
        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## main");
    }

    @Test
    void half_a_pack_is_none() throws Exception {
        byte[] pack = pack(git("rev-parse", "main") + "\n");

        assertThat(take(java.util.Arrays.copyOf(pack, pack.length / 2)).ok()).isFalse();

        assertThat(guest.resolve("objects/pack").toFile().list((_, name) -> name.endsWith(".idx")))
                .isEmpty();
        assertThat(cloned().kind()).isEqualTo(Kind.DONE);
    }

    @Test
    void every_stash_can_be_fetched() throws Exception {
        cloned();
        for (String text : List.of("first", "second", "third")) {
            Files.writeString(file(), text + "\n");
            inside("stash", "--quiet", "--message=" + text);
        }

        String refs = repository().uploadPack().run(LIMIT, "0000".getBytes(US_ASCII)).output();

        assertThat(refs).contains("refs/stash\n", "refs/stashes/1\n", "refs/stashes/2\n");
        assertThat(inside("log", "-1", "--format=%s", "refs/stashes/2")).contains("first");
        inside("stash", "clear");
        assertThat(repository().uploadPack().run(LIMIT, "0000".getBytes(US_ASCII)).output())
                .doesNotContain("stash");
    }
}
