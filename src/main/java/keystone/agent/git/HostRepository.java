package keystone.agent.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import keystone.agent.model.Owner;
import keystone.agent.model.SandboxName;
import keystone.agent.model.TaskId;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.HostUser;
import keystone.agent.process.OpenFile;

/// The repository whose work tree is the project, as this host has it and no guest can change it.
///
/// Everything of a sandbox is below `refs/keystone/NAME/`: `base/*` holds what its guest borrows,
/// `heads/*` and `stash` what was fetched from it. Files of ours are in `.git/keystone/`. Methods
/// fail with a [UserError]; each of them has a limit of time. Threads may share it: nothing is kept
/// between calls, and what changes the repository takes a lock first, against other processes too.
public final class HostRepository {
    private static final int LARGEST_SHALLOW = 16 << 20;

    private final Layout layout;
    private final List<Path> borrowed;
    private final Owner owner;
    private final HostUser self;
    private final AsOwner asOwner;
    private final Git git;
    private final RefReader reader;

    HostRepository(Layout layout, List<Path> borrowed, Owner owner, HostUser self) {
        this.layout = layout;
        this.owner = owner;
        this.self = self;
        this.borrowed = List.copyOf(borrowed);
        this.asOwner = new AsOwner(owner, self);
        this.git = new Git(layout, asOwner);
        this.reader = new RefReader(layout, git);
    }

    /// Looks at a project, without running git and without following a link.
    ///
    /// @param project absolute, without links
    /// @param owner whom git works as; must be us unless we are root
    public static ProjectRepository find(Path project, Owner owner, HostUser self) {
        return new RepositorySearch(project, owner, self).search();
    }

    public Path project() {
        return layout.project();
    }

    /// Whether the project has a file in the place of its git directory.
    public boolean isElsewhere() {
        return layout.isElsewhere();
    }

    /// The git directory of this work tree.
    public Path gitDirectory() {
        return layout.own();
    }

    /// What a guest borrows, read-only.
    public Path objects() {
        return layout.common().resolve("objects");
    }

    /// The directories that it borrows objects from itself. The guest must be shown them, too.
    public List<Path> borrowed() {
        return borrowed;
    }

    /// Where other repositories are checked out in the project; what is within one comes after it.
    /// Read from the index.
    public List<Submodule> submodules() throws InterruptedException {
        return new SubmoduleSearch(layout, git, owner, self).search();
    }

    /// Which of these files are staged exactly as they lie in the project, so that whoever has the
    /// repository's objects has them, too.
    ///
    /// @param paths relative to the project
    public Set<String> stagedAsTheyAre(Collection<String> paths) throws InterruptedException {
        return new StagedFiles(layout.project(), git).among(paths);
    }

    /// Whether objects may be missing that somebody elsewhere has promised (gitglossary(7)).
    public boolean isPartial() {
        return Promises.areIn(layout);
    }

    /// Where the index is, when there is one.
    public Path index() {
        return layout.own().resolve("index");
    }

    /// The text of git's file `shallow`, which a guest needs as it is: where the history was cut
    /// off.
    public Optional<String> shallow() {
        Path file = layout.common().resolve("shallow");
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (OpenFile open = OpenFile.itself(file)) {
            String text = new String(open.read(LARGEST_SHALLOW), StandardCharsets.US_ASCII);
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException e) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "the project's .git/shallow cannot be read",
                    "git fetch --unshallow",
                    e);
        }
    }

    public HostRefs refs() throws InterruptedException {
        return reader.read();
    }

    /// Another text whenever what [#refs] tells has changed, and sometimes when it has not: a few
    /// looks at the file system.
    public String footprint() {
        return Footprint.of(layout);
    }

    /// Another text whenever what [#submodules] tells may have changed.
    public String indexFootprint() {
        return Footprint.ofIndex(layout);
    }

    /// Keeps from the host's gc what a guest may borrow from now on: all branches, all tags, the
    /// commit that is checked out and what is staged. What was pinned before stays pinned as long
    /// as nothing newer holds it, since the guest may have built on it.
    ///
    /// Also finishes what an interrupted [#sync] has begun.
    ///
    /// @return exactly what is pinned, to be told to the guest
    public HostRefs pin(SandboxName name) throws InterruptedException {
        sync().settle();
        return pins().refresh(name);
    }

    /// Lets go of what the guest borrowed, when its sandbox goes. What was fetched from it stays.
    ///
    /// Also finishes what an interrupted [#sync] has begun: nobody else will, and its locks would
    /// stop the user's own git.
    public void unpin(SandboxName name) throws InterruptedException {
        pins().remove(name);
        sync().settle();
    }

    private Pins pins() {
        return new Pins(git, reader, asOwner, layout);
    }

    /// Brings the guest's branches and its newest stash into the sandbox's namespace, and moves
    /// nothing of the user's. Branches that the guest no longer has disappear from the namespace.
    public Fetched fetch(SandboxName name, Transport transport) throws InterruptedException {
        return new Fetch(git, reader, asOwner, layout).fetch(name, transport);
    }

    /// Brings a branch of this host forward to what was fetched of the guest's branch of that name.
    /// Files of the branch that is checked out follow where the guest has made its commits of files
    /// of its own; else the guest's are the same, and none is touched. Finishes first what an
    /// interrupted one has begun.
    public SyncOutcome sync(SandboxName name, SyncRequest request) throws InterruptedException {
        return sync().sync(name, request);
    }

    /// What [#sync] would do, as far as that can be told without doing it.
    public SyncOutcome preview(SandboxName name, SyncRequest request) throws InterruptedException {
        return sync().preview(name, request);
    }

    private Sync sync() {
        return new Sync(git, reader, asOwner, layout, _ -> {});
    }

    /// All that a guest lacks of some objects and of what they need.
    ///
    /// @param wanted hexadecimal
    /// @param has what the guest says that it has; only what is here, too, counts
    public OutgoingPack outgoing(Collection<String> wanted, Collection<String> has)
            throws InterruptedException {
        return new Outgoing(enclosure(), isPartial()).pack(wanted, has);
    }

    /// Whether the project has files that are in no commit, beside those that git ignores.
    public boolean hasUncommitted(SandboxName name) throws InterruptedException {
        return pins().hasUncommitted(name);
    }

    /// Which of a guest's branches are at commits that are not here.
    ///
    /// @param branches hexadecimal, by name
    public List<String> lacking(Map<String, String> branches) throws InterruptedException {
        Set<String> known =
                Set.copyOf(new Outgoing(enclosure(), isPartial()).known(branches.values()));
        return branches.entrySet().stream()
                .filter(each -> !known.contains(each.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// How many commits were fetched of a guest's branch that no branch of this host's has.
    public int notAtHome(SandboxName name, String branch) throws InterruptedException {
        ObjectId there = reader.object(RefReader.fetched(name) + branch);
        return there == null
                ? 0
                : enclosure().count("rev-list", "--count", there.hex(), "--not", "--branches");
    }

    /// What the guest has committed on a branch since it and this host's went separate ways.
    ///
    /// @param branch empty for the one that is checked out
    /// @return safe to print; cut off, and saying so, when it is large
    public String diff(SandboxName name, Optional<String> branch, DiffForm form)
            throws InterruptedException {
        return differences().show(name, branch, form);
    }

    private Diff differences() {
        return new Diff(reader, enclosure());
    }

    private GitEnclosure enclosure() {
        return new GitEnclosure(git, asOwner, layout);
    }

    /// Keeps the commit that was fetched of a task's branch, whatever its guest does later: what
    /// somebody has looked at is what they get.
    ///
    /// @return whether there is one
    public boolean keep(SandboxName name, TaskId task, String branch) throws InterruptedException {
        ObjectId there = reader.object(RefReader.fetched(name) + branch);
        if (there == null) {
            return false;
        }
        String ref = RefReader.tasks(name) + task;
        Command.Finished kept =
                git.updateRefs(
                        "keystone-agent: task " + task,
                        "update " + ref + '\0' + there.hex() + "\0\0");
        if (!kept.ok()) {
            throw Git.failed(kept.errors());
        }
        return true;
    }

    /// How many commits the guest's branch of a task has, as it was fetched, beyond what is kept.
    public int beyondKept(SandboxName name, TaskId task, String branch)
            throws InterruptedException {
        ObjectId there = reader.object(RefReader.fetched(name) + branch);
        ObjectId kept = reader.object(RefReader.tasks(name) + task);
        return there == null || kept == null
                ? 0
                : enclosure().count("rev-list", "--count", there.hex(), "--not", kept.hex());
    }

    /// What is kept of tasks, also of sandboxes that are gone.
    public List<KeptTask> keptTasks() throws InterruptedException {
        return kept().all();
    }

    /// Keeps it no longer, nor the guest's branch of it as it was fetched.
    public void drop(KeptTask task) throws InterruptedException {
        kept().drop(task);
    }

    /// What fetches have let go of, also those from sandboxes that are gone; by sandbox, the oldest
    /// first.
    public List<OldCommits> oldCommits() throws InterruptedException {
        return old().all();
    }

    /// Keeps them no longer, and fails where one is another by now.
    public void drop(OldCommits commits) throws InterruptedException {
        old().drop(commits);
    }

    private OldRefs old() {
        return new OldRefs(git, reader, asOwner, layout);
    }

    private KeptTasks kept() {
        return new KeptTasks(git, reader, asOwner, layout);
    }

    /// What was kept of a task; empty when nothing was.
    ///
    /// @return safe to print, as [#diff]
    public Optional<String> diff(SandboxName name, TaskId task, DiffForm form)
            throws InterruptedException {
        ObjectId there = reader.object(RefReader.tasks(name) + task);
        return there == null ? Optional.empty() : Optional.of(differences().show(there, form));
    }

    /// How a difference is shown.
    public enum DiffForm {
        STAT("--stat=100"),
        PATCH("--patch");

        private final String option;

        DiffForm(String option) {
            this.option = option;
        }

        String option() {
            return option;
        }
    }
}
