package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.git.HostRepository.DiffForm;
import keystone.agent.git.SyncOutcome.Done;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Everything that git can be told to run is told to run one program, which leaves a trace.
@Timeout(60)
class HostileProjectTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;
    private Path canary;
    private Path evil;

    @BeforeEach
    void a_project_that_runs_things() throws Exception {
        sides = TwoSides.in(top);
        canary = top.toRealPath().resolve("canary");
        evil = program(top.toRealPath().resolve("evil"));
    }

    private Path program(Path path) throws Exception {
        Files.writeString(path, "#!/bin/sh\necho \"$0 $*\" >> '" + canary + "'\ncat\n");
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void poison() throws Exception {
        for (String hook :
                List.of(
                        "post-index-change",
                        "reference-transaction",
                        "pre-auto-gc",
                        "post-checkout",
                        "post-merge",
                        "update",
                        "fsmonitor-watchman")) {
            program(sides.project.resolve(".git/hooks").resolve(hook));
        }
        for (String key :
                List.of(
                        "core.fsmonitor",
                        "core.pager",
                        "core.editor",
                        "core.sshCommand",
                        "core.gitProxy",
                        "core.askPass",
                        "core.alternateRefsCommand",
                        "credential.helper",
                        "diff.external",
                        "diff.evil.command",
                        "diff.evil.textconv",
                        "merge.evil.driver",
                        "filter.evil.clean",
                        "filter.evil.smudge",
                        "filter.odd=name.dots.process",
                        "gpg.program",
                        "remote.fd::3,4.uploadpack",
                        "pager.diff-tree",
                        "alias.fetch",
                        "alias.read-tree",
                        "uploadpack.packObjectsHook")) {
            sides.host("config", key, evil.toString());
        }
        sides.host("config", "filter.evil.required", "true");
        sides.host("config", "core.hooksPath", sides.project.resolve(".git/hooks").toString());
        sides.host("config", "protocol.ext.allow", "always");
        sides.host("config", "log.showSignature", "true");
        sides.host("config", "log.diffMerges", "off");
        Files.deleteIfExists(canary);
    }

    @Test
    void the_canary_sings_when_git_is_run_as_usual() throws Exception {
        sides.write(".gitattributes", "* filter=evil diff=evil\n");
        sides.write("README", "hello, world\n");
        poison();

        TwoSides.git(List.of("-C", sides.project.toString()), "status");

        assertThat(canary).exists();
    }

    @Test
    void nothing_runs_on_the_way_home() throws Exception {
        sides.write(
                ".gitattributes", "* filter=evil diff=evil merge=evil\n*.x filter=odd=name.dots\n");
        sides.write("README", "hello, world\n");
        sides.write("file.x", "text\n");
        sides.host("add", "src/answer.py");
        sides.commitInGuest("One");
        poison();
        // Looks just changed to whoever writes the index.
        Files.setLastModifiedTime(
                sides.project.resolve("src/answer.py"),
                Files.getLastModifiedTime(sides.project.resolve(".git/index")));
        HostRepository repository = sides.repository();

        repository.pin(TwoSides.NAME);
        repository.fetch(TwoSides.NAME, sides.transport());
        repository.preview(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH);
        String patch = repository.diff(TwoSides.NAME, Optional.empty(), DiffForm.PATCH);
        String stat = repository.diff(TwoSides.NAME, Optional.empty(), DiffForm.STAT);
        SyncOutcome outcome = repository.sync(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH);
        repository.unpin(TwoSides.NAME);

        assertThat(outcome).isInstanceOf(Done.class);
        assertThat(patch).contains("+hello, world");
        assertThat(stat).contains("README");
        assertThat(canary).doesNotExist();
    }

    @Test
    void an_address_that_is_rewritten_leads_nowhere() throws Exception {
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");
        poison();
        sides.host("config", "url.ext::" + evil + ".insteadOf", "fd::");
        Files.deleteIfExists(canary);
        HostRepository repository = sides.repository();

        assertThatThrownBy(() -> repository.fetch(TwoSides.NAME, sides.transport()))
                .isInstanceOf(UserError.class);

        assertThat(canary).doesNotExist();
    }

    /// As on a host without user namespaces, where git fetches without an enclosure.
    @Test
    void nothing_runs_to_tell_what_is_borrowed() throws Exception {
        Path lib = top.toRealPath().resolve("lib");
        TwoSides.mustGit(List.of(), "init", "--quiet", "--bare", lib.toString());
        Files.writeString(
                sides.project.resolve(".git/objects/info/alternates"), lib + "/objects\n");
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");
        poison();
        var self = HostUser.current();
        var git = new Git(Layout.plain(sides.project), new AsOwner(self.ids(), self));
        List<String> fetch =
                List.of("fetch", sides.guestDirectory.toString(), "+refs/heads/*:refs/x/*");

        Command fetching =
                git.command(
                        AsOwner.Life.OURS, List.of(), Map.of("GIT_ALLOW_PROTOCOL", "file"), fetch);
        assertThat(fetching.run(LIMIT).errors()).contains("refs/x/main");

        assertThat(canary).doesNotExist();
    }

    /// Git would wait for somebody to write into them.
    @Test
    void pipes_in_the_places_of_its_files_hold_nobody_up() throws Exception {
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");
        for (String file :
                List.of(".gitattributes", ".gitmodules", ".mailmap", "src/.gitattributes")) {
            Command.of("mkfifo", sides.project.resolve(file).toString()).run(LIMIT);
        }
        HostRepository repository = sides.repository();
        repository.pin(TwoSides.NAME);
        repository.fetch(TwoSides.NAME, sides.transport());

        assertThat(repository.diff(TwoSides.NAME, Optional.empty(), DiffForm.PATCH))
                .contains("+hello, world");
        sides.host("update-ref", "refs/heads/other", "main");
        sides.guest("branch", "other");
        repository.fetch(TwoSides.NAME, sides.transport());
        assertThat(repository.sync(TwoSides.NAME, SyncRequest.of("other")))
                .isInstanceOf(Done.class);
    }
}
