package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import keystone.agent.git.SyncOutcome.Done;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.HostUser;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FetchTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project_and_a_guest() throws Exception {
        sides = TwoSides.in(top);
    }

    private static UserError failure(ThrowingCallable fetching) {
        var caught = catchThrowable(fetching);
        assertThat(caught).isInstanceOf(UserError.class);
        return (UserError) caught;
    }

    @Test
    void branches_and_the_stash_come_into_the_sandboxes_namespace() throws Exception {
        String before = sides.host("for-each-ref", "refs/heads", "refs/tags", "refs/stash");
        sides.guest("switch", "--quiet", "--create=feature/one");
        sides.write("README", "hello, world\n");
        String tip = sides.commitInGuest("One");
        sides.guest("tag", "v1");
        sides.write("README", "unfinished\n");
        sides.guest("stash", "--quiet");

        Fetched fetched = sides.fetch();

        assertThat(fetched.branches().get("feature/one")).isEqualTo(new ObjectId(tip));
        assertThat(fetched.branches()).containsOnlyKeys("main", "feature/one");
        assertThat(fetched.stash())
                .isEqualTo(Optional.of(new ObjectId(sides.guest("rev-parse", "stash"))));
        assertThat(sides.host("for-each-ref", "refs/heads", "refs/tags", "refs/stash"))
                .isEqualTo(before);
        assertThat(sides.host("fsck", "--strict")).isEmpty();
    }

    @Test
    void a_commit_of_no_branch_comes_when_it_is_checked_out() throws Exception {
        sides.guest("switch", "--quiet", "--detach");
        sides.write("README", "hello, world\n");
        String tip = sides.commitInGuest("Of no branch");

        sides.fetch();

        assertThat(sides.host("rev-parse", "refs/keystone/blue/HEAD")).isEqualTo(tip);
    }

    @Test
    void what_the_guest_has_no_more_goes_from_the_namespace_only() throws Exception {
        sides.host("update-ref", "refs/keystone/other/heads/main", "main");
        sides.guest("branch", "topic");
        assertThat(sides.fetch().branches()).containsKey("topic");
        sides.guest("branch", "--quiet", "-D", "topic");

        assertThat(sides.fetch().branches()).containsOnlyKeys("main");

        assertThat(sides.host("for-each-ref", "--format=%(refname)"))
                .contains("refs/keystone/other/heads/main", "refs/keystone/blue/heads/main");
    }

    @Test
    void only_what_is_new_is_sent() throws Exception {
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        Files.write(sides.project.resolve("noise"), noise);
        sides.commitHere("Noise");
        sides.repository().pin(TwoSides.NAME);
        sides.guest("update-ref", "refs/heads/main", sides.host("rev-parse", "main"));
        sides.guest("reset", "--quiet");
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");
        var small = new Transport(sides.transport().uploadPack(), LIMIT, 20_000);

        assertThat(sides.repository().fetch(TwoSides.NAME, small).branches()).containsKey("main");
    }

    @Test
    void a_guest_that_says_nothing_is_not_waited_for() {
        var silent = new Transport(Command.of("cat"), Duration.ofSeconds(1), 1000);

        UserError error = failure(() -> sides.repository().fetch(TwoSides.NAME, silent));

        assertThat(error.kind()).isEqualTo(UserError.Kind.TIMED_OUT);
    }

    @Test
    void a_guest_that_cannot_be_reached_is_told_with_its_words() {
        var gone =
                Transport.of(
                        Command.of("sh", "-c", "echo 'kex: connection \u001b[2J refused' >&2"));

        UserError error = failure(() -> sides.repository().fetch(TwoSides.NAME, gone));

        assertThat(error.quoted().toString()).doesNotContain("\u001b");
    }

    @Test
    void another_version_of_the_protocol_is_refused() throws Exception {
        var newer =
                Transport.of(
                        sides.transport()
                                .uploadPack()
                                .withEnvironment("GIT_PROTOCOL", "version=2"));

        UserError error = failure(() -> sides.repository().fetch(TwoSides.NAME, newer));

        assertThat(error.problem()).contains("version of the protocol");
    }

    @Test
    void a_guest_with_refs_without_number_is_refused() throws Exception {
        String main = sides.guest("rev-parse", "main");
        var packed = new StringBuilder("# pack-refs with: peeled fully-peeled sorted \n");
        for (int i = 0; i < 21_000; i++) {
            packed.append("%s refs/heads/b%06d\n".formatted(main, i));
        }
        Files.writeString(sides.guestDirectory.resolve("packed-refs"), packed);

        UserError error = failure(sides::fetch);

        assertThat(error.problem()).contains("more than 20000 branches and tags");
        assertThat(sides.host("for-each-ref", "refs/keystone/blue/heads")).isEmpty();
    }

    @Test
    void names_that_git_does_not_allow_are_passed_over() throws Exception {
        String main = sides.guest("rev-parse", "main");
        String packed =
                String.join(
                        "\n",
                        "# pack-refs with: peeled fully-peeled sorted ",
                        main + " refs/heads/$(touch canary)",
                        main + " refs/heads/--upload-pack=x",
                        main + " refs/heads/a..b",
                        main + " refs/heads/x.lock",
                        main + " refs/heads/\u00e9\u202e",
                        "");
        Files.writeString(sides.guestDirectory.resolve("packed-refs"), packed);

        Fetched fetched = sides.fetch();

        // Allowed, and nothing but names.
        assertThat(fetched.branches().keySet())
                .contains("main", "--upload-pack=x")
                .doesNotContain("a..b", "x.lock", "$(touch canary)");
        assertThat(sides.project.resolve("canary")).doesNotExist();
        assertThat(new Done("\u00e9\u202e", 1, ObjectId.NONE).words()).doesNotContain("\u202e");
        assertThat(sides.host("for-each-ref", "refs/heads")).endsWith("refs/heads/main");
    }

    @Test
    void no_name_leads_out_of_the_namespace() throws Exception {
        ObjectId main = new ObjectId(sides.host("rev-parse", "main"));
        String before = sides.host("for-each-ref", "refs/heads");
        // No git would say such a name of itself.
        Path lie =
                Files.writeString(
                        top.resolve("lie"),
                        line(main + " refs/heads/../../../main\0side-band-64k ofs-delta")
                                + line(main + " refs/heads/main")
                                + "0000");
        var lying = Command.of("sh", "-c", "cat \"$1\"; exec cat >/dev/null", "sh", lie.toString());

        Fetched fetched = sides.repository().fetch(TwoSides.NAME, Transport.of(lying));

        assertThat(fetched.branches()).containsOnlyKeys("main");
        assertThat(sides.host("for-each-ref", "refs/heads")).isEqualTo(before);
    }

    /// No git would say `HEAD/x` of itself, and git takes it.
    @Test
    void no_name_keeps_later_fetches_from_coming() throws Exception {
        String main = sides.host("rev-parse", "main");
        Path lie =
                Files.writeString(
                        top.resolve("lie"),
                        line(main + " HEAD/x\0side-band-64k ofs-delta")
                                + line(main + " refs/heads/main")
                                + "0000");
        var lying = Command.of("sh", "-c", "cat \"$1\"; exec cat >/dev/null", "sh", lie.toString());
        sides.repository().fetch(TwoSides.NAME, Transport.of(lying));

        sides.fetch();

        assertThat(sides.host("for-each-ref", "--format=%(refname)", "refs/keystone/blue/HEAD*"))
                .isEqualTo("refs/keystone/blue/HEAD");
    }

    /// All names together have to fit into what is read of them later.
    @Test
    void names_without_end_are_refused() throws Exception {
        String main = sides.guest("rev-parse", "main");
        Path refs = sides.guestDirectory.resolve("packed-refs");
        String before = Files.exists(refs) ? Files.readString(refs) : "";
        String deep = ("/" + "x".repeat(250)).repeat(10);
        var packed = new StringBuilder("# pack-refs with: peeled fully-peeled sorted \n");
        for (int i = 0; i < 2_000; i++) {
            packed.append("%s refs/heads/b%06d%s\n".formatted(main, i, deep));
        }
        Files.writeString(refs, packed);

        UserError error = failure(sides::fetch);

        assertThat(error.problem()).contains("names of its branches");
        Files.writeString(refs, before);
        assertThat(sides.fetch().branches()).containsOnlyKeys("main");
    }

    @Test
    void names_in_another_encoding_are_refused() throws Exception {
        String packed =
                "# pack-refs with: peeled fully-peeled sorted \n%s refs/heads/\u00e9\n"
                        .formatted(sides.guest("rev-parse", "main"));
        Files.writeString(
                sides.guestDirectory.resolve("packed-refs"), packed, StandardCharsets.ISO_8859_1);

        assertThat(failure(sides::fetch).problem()).contains("UTF-8");
    }

    @Test
    void nor_do_names_come_that_look_so() throws Exception {
        Files.writeString(
                sides.guestDirectory.resolve("packed-refs"),
                "# pack-refs with: peeled fully-peeled sorted \n%s refs/heads/\ufffd\n"
                        .formatted(sides.guest("rev-parse", "main")));

        assertThat(failure(sides::fetch).problem()).contains("UTF-8");
    }

    @Test
    void refs_that_are_not_asked_for_may_be_many() throws Exception {
        String main = sides.guest("rev-parse", "main");
        var packed = new StringBuilder("# pack-refs with: peeled fully-peeled sorted \n");
        for (int i = 0; i < 21_000; i++) {
            packed.append("%s refs/remotes/host/b%06d\n".formatted(main, i));
        }
        Files.writeString(sides.guestDirectory.resolve("packed-refs"), packed);

        assertThat(sides.fetch().branches()).containsOnlyKeys("main");
    }

    private static String line(String text) {
        return "%04x%s\n".formatted(text.length() + 5, text);
    }

    @Test
    void a_ref_that_is_no_commit_is_no_branch() throws Exception {
        String blob = sides.hash(sides.guestDirectory, "blob", "text");
        Files.writeString(sides.guestDirectory.resolve("refs/heads/blob"), blob + "\n");

        Fetched fetched = sides.fetch();

        assertThat(fetched.branches()).containsKey("blob");
        assertThat(sides.repository().sync(TwoSides.NAME, SyncRequest.of("blob")))
                .isEqualTo(new SyncOutcome.NotInGuest("blob"));
    }

    @Test
    void objects_that_would_harm_the_host_are_not_taken() throws Exception {
        String blob = sides.hash(sides.guestDirectory, "blob", "[core]\n");
        var tree = "100644 .git\0" + raw(blob);
        String evil = sides.hash(sides.guestDirectory, "tree", tree);
        commitInGuest(evil);

        UserError error = failure(sides::fetch);

        assertThat(error.quoted().toString()).contains("hasDotgit");
        assertThat(sides.host("for-each-ref", "refs/keystone/blue/heads")).isEmpty();
        assertThat(
                        TwoSides.git(
                                        List.of("-C", sides.project.toString()),
                                        "cat-file",
                                        "-e",
                                        evil)
                                .ok())
                .isFalse();
    }

    private void commitInGuest(String tree) throws Exception {
        String commit = sides.guest("commit-tree", "-m", "Evil", "-p", "main", tree);
        sides.guest("update-ref", "refs/heads/main", commit);
    }

    private static String raw(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    @Test
    void commits_without_their_files_are_not_taken() throws Exception {
        String tip = "1".repeat(40);
        String commit =
                sides.hash(
                        sides.guestDirectory,
                        "commit",
                        "tree %s\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n"
                                .formatted(tip));
        Files.writeString(sides.guestDirectory.resolve("refs/heads/main"), commit + "\n");

        assertThat(failure(sides::fetch).kind()).isEqualTo(UserError.Kind.FAILED);
        assertThat(sides.host("for-each-ref", "refs/keystone/blue/heads")).isEmpty();
    }

    @Test
    void what_a_killed_one_left_locked_is_cleared() throws Exception {
        sides.fetch();
        sides.write("README", "hello, world\n");
        String tip = sides.commitInGuest("One");
        Files.createFile(sides.project.resolve(".git/refs/keystone/blue/heads/main.lock"));

        assertThat(sides.fetch().branches()).containsEntry("main", new ObjectId(tip));
    }

    @Test
    void a_shallow_clone_keeps_its_border() throws Exception {
        sides.write("README", "hello, world\n");
        sides.commitHere("Two");
        Path shallow = top.toRealPath().resolve("shallow");
        Files.createDirectory(shallow);
        TwoSides.mustGit(
                List.of(),
                "clone",
                "--quiet",
                "--depth=1",
                "file://" + sides.project,
                shallow.resolve("project").toString());
        var clone = TwoSides.at(shallow);
        assertThat(clone.repository().shallow()).isPresent();
        Files.createDirectories(clone.guestDirectory);
        Files.writeString(
                clone.guestDirectory.resolve("shallow"),
                clone.repository().shallow().orElseThrow());
        clone.makeGuest();
        clone.write("README", "bye\n");
        String tip = clone.commitInGuest("Three");

        assertThat(clone.sync()).isEqualTo(new Done("main", 1, new ObjectId(tip)));
        assertThat(clone.status()).isEmpty();
        assertThat(clone.host("rev-list", "--count", "main")).isEqualTo("2");
    }

    @Test
    void one_at_a_time() throws Exception {
        var asOwner = new AsOwner(HostUser.current().ids(), HostUser.current());
        Layout layout = Layout.plain(sides.project);
        try (RepositoryLock _ = Namespace.lock(TwoSides.NAME, asOwner, layout)) {
            assertThatThrownBy(sides::fetch).hasMessageContaining("another command");
        }
        assertThat(sides.fetch().branches()).hasSize(1);
    }

    @Test
    void whoever_is_interrupted_keeps_no_turn() throws Exception {
        sides.fetch();
        Thread.currentThread().interrupt();
        assertThat(catchThrowable(() -> sides.repository().pin(TwoSides.NAME))).isNotNull();
        boolean _ = Thread.interrupted();
        var asOwner = new AsOwner(HostUser.current().ids(), HostUser.current());
        Layout layout = Layout.plain(sides.project);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Namespace.lock(TwoSides.NAME, asOwner, layout))
                .isInstanceOf(InterruptedException.class);
        boolean _ = Thread.interrupted();

        assertThat(sides.fetch().branches()).hasSize(1);
    }
}
