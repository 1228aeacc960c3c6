package keystone.agent.git;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.git.HostRepository.DiffForm;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.jspecify.annotations.Nullable;

/// Shows what was fetched, without running what attributes or configuration name for it.
final class Diff {
    private static final int MOST_SHOWN = 1 << 20;

    private final RefReader reader;
    private final GitEnclosure enclosure;

    Diff(RefReader reader, GitEnclosure enclosure) {
        this.reader = reader;
        this.enclosure = enclosure;
    }

    String show(SandboxName name, Optional<String> asked, DiffForm form)
            throws InterruptedException {
        String branch = asked.orElseGet(this::current);
        ObjectId there = reader.object(RefReader.fetched(name) + branch);
        if (there == null) {
            throw UserError.notFound(
                    "the guest has no branch `" + Printable.of(branch) + "`",
                    "keystone-agent exec " + name + " -- git branch");
        }
        return show(base(reader.object(RefReader.BRANCHES + branch), there), there, form);
    }

    /// Shows what a commit that is kept here changes.
    String show(ObjectId there, DiffForm form) throws InterruptedException {
        return show(base(null, there), there, form);
    }

    private String show(ObjectId base, ObjectId there, DiffForm form) throws InterruptedException {
        var arguments = new ArrayList<>(List.of("diff-tree", "-r", "--find-renames"));
        arguments.addAll(List.of("--no-ext-diff", "--no-textconv", "--no-color"));
        arguments.addAll(List.of("--submodule=short", form.option()));
        arguments.addAll(List.of(base.hex(), there.hex(), "--"));
        Command.Finished finished = enclosure.read(arguments.toArray(String[]::new));
        if (!finished.ok()) {
            throw Git.failed(finished.errors());
        }
        String shown = Printable.lines(finished.output());
        return shown.length() <= MOST_SHOWN
                ? shown
                : shown.substring(0, MOST_SHOWN) + "\n(cut off here: there is more)\n";
    }

    private String current() {
        return switch (reader.head()) {
            case Head.OnBranch on -> on.branch();
            case Head.Detached _ ->
                    throw UserError.wrongState(
                            "no branch is checked out here", "name the branch, or: git switch");
        };
    }

    /// Where the two went separate ways; the empty tree when they never had anything in common.
    ///
    /// @param branch of this host's; null for what is checked out
    private ObjectId base(@Nullable ObjectId branch, ObjectId there) throws InterruptedException {
        String here = branch == null ? "HEAD" : branch.hex();
        String base = enclosure.read("merge-base", here, there.hex()).output().strip();
        return ObjectId.isValid(base) ? new ObjectId(base) : ObjectId.EMPTY_TREE;
    }
}
