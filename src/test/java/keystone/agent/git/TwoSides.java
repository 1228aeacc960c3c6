package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.git.ProjectRepository.Found;
import keystone.agent.model.Owner;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;
import keystone.agent.process.HostUser;

/// A project with one commit as the host has it, and a guest whose git directory is its own while
/// the files are the same; no machine is needed for that.
final class TwoSides {
    static final SandboxName NAME = new SandboxName("blue");
    static final SyncRequest OF_CURRENT_BRANCH =
            new SyncRequest(Optional.empty(), SyncRequest.Gitlinks.REFUSE);

    private static final Duration LIMIT = Duration.ofSeconds(30);

    final Path project;
    final Path guestDirectory;

    private TwoSides(Path top) throws IOException {
        project = Files.createDirectories(top.toRealPath().resolve("project"));
        guestDirectory = top.toRealPath().resolve("guest.git");
    }

    /// Where there is something already.
    static TwoSides at(Path top) throws IOException {
        return new TwoSides(top);
    }

    static TwoSides in(Path top) throws Exception {
        var sides = new TwoSides(top);
        sides.host("init", "--quiet", "--initial-branch=main");
        sides.write("README", "hello\n");
        sides.write("src/answer.py", "print(6 * 7)\n");
        sides.commitHere("Begin");
        sides.makeGuest();
        return sides;
    }

    /// A guest as its sandbox makes it, with the branch `main` of the host. Written by hand, since
    /// each git of a test takes its time.
    void makeGuest() throws Exception {
        makeGuest(project.resolve(".git"), "main");
    }

    /// The same, of a repository that may have its directory elsewhere.
    void makeGuest(Path common, String branch) throws Exception {
        for (String directory : List.of("objects/info", "objects/pack", "refs/heads")) {
            Files.createDirectories(guestDirectory.resolve(directory));
        }
        inGuest("HEAD", "ref: refs/heads/" + branch + "\n");
        inGuest(
                "config",
                """
                [core]
                    repositoryformatversion = 0
                    bare = false
                    logAllRefUpdates = true
                    checkStat = minimal
                    trustctime = false
                """);
        inGuest("objects/info/alternates", common.resolve("objects") + "\n");
        for (String each : List.of("main", branch)) {
            inGuest("refs/heads/" + each, host("rev-parse", each) + "\n");
        }
        Path index = Path.of(host("rev-parse", "--absolute-git-dir")).resolve("index");
        Files.copy(index, guestDirectory.resolve("index"));
    }

    void inGuest(String file, String text) throws IOException {
        Files.writeString(guestDirectory.resolve(file), text);
    }

    HostRepository repository() {
        return repository(HostUser.current().ids());
    }

    HostRepository repository(Owner owner) {
        ProjectRepository found = HostRepository.find(project, owner, HostUser.current());
        assertThat(found).isInstanceOf(Found.class);
        return ((Found) found).repository();
    }

    Transport transport() {
        return Transport.of(Command.of("git", "upload-pack", guestDirectory.toString()));
    }

    Fetched fetch() throws InterruptedException {
        return repository().fetch(NAME, transport());
    }

    /// As `sync` is used: the guest's commits are fetched just before.
    SyncOutcome sync(SyncRequest request) throws InterruptedException {
        fetch();
        return repository().sync(NAME, request);
    }

    SyncOutcome sync() throws InterruptedException {
        return sync(OF_CURRENT_BRANCH);
    }

    String host(String... arguments) throws InterruptedException {
        return mustGit(List.of("-C", project.toString()), arguments);
    }

    String guest(String... arguments) throws InterruptedException {
        return mustGit(List.of("--git-dir=" + guestDirectory, "--work-tree=" + project), arguments);
    }

    String commitHere(String message) throws InterruptedException {
        host("add", "--all");
        host("commit", "--quiet", "--message=" + message);
        return host("rev-parse", "HEAD");
    }

    String commitInGuest(String message) throws InterruptedException {
        guest("add", "--all");
        guest("commit", "--quiet", "--message=" + message);
        return guest("rev-parse", "HEAD");
    }

    /// What the user's own git says, in two letters for each path.
    String status() throws InterruptedException {
        return host("status", "--porcelain");
    }

    static String mustGit(List<String> before, String... arguments) throws InterruptedException {
        Command.Finished finished = git(before, arguments);
        assertThat(finished.ok()).as(finished.toString()).isTrue();
        return finished.output().stripTrailing();
    }

    static Command.Finished git(List<String> before, String... arguments)
            throws InterruptedException {
        var git = new ArrayList<>(List.of("git"));
        git.addAll(before);
        git.addAll(List.of("-c", "user.name=Ada", "-c", "user.email=ada@example.org"));
        git.addAll(List.of(arguments));
        return Command.of(git).withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null").run(LIMIT);
    }

    Path write(String file, String text) throws IOException {
        Path path = project.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    /// Lets a text through a program of git's that prints an object's name.
    String hash(Path gitDirectory, String type, byte[] content) throws Exception {
        Command.Finished finished =
                Command.of("git", "--git-dir=" + gitDirectory, "hash-object", "-w", "--literally")
                        .with("-t", type, "--stdin")
                        .run(LIMIT, content);
        assertThat(finished.ok()).as(finished.toString()).isTrue();
        return finished.output().strip();
    }

    String hash(Path gitDirectory, String type, String content) throws Exception {
        return hash(gitDirectory, type, content.getBytes(StandardCharsets.ISO_8859_1));
    }
}
