package keystone.agent.git;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;

/// Refs that keep from gc what a guest borrows.
///
/// Each is named by the object that it holds, not by the branch it was: a branch that is rewritten
/// or removed on this host leaves its pin, and no two names get in each other's way.
final class Pins {
    /// Of commits named in one command line; more are only pinned for longer than needed.
    private static final int MOST_NAMED = 2000;

    private final Git git;
    private final RefReader reader;
    private final AsOwner asOwner;
    private final Layout layout;
    private final GitEnclosure enclosure;

    Pins(Git git, RefReader reader, AsOwner asOwner, Layout layout) {
        this.git = git;
        this.reader = reader;
        this.asOwner = asOwner;
        this.layout = layout;
        this.enclosure = new GitEnclosure(git, asOwner, layout);
    }

    HostRefs refresh(SandboxName name) throws InterruptedException {
        try (RepositoryLock _ = lock(name)) {
            // Somebody may remove a branch and its commits before they are pinned: then the
            // transaction fails, and a second look no longer shows it.
            Optional<ObjectId> staged = staged(name);
            HostRefs refs = reader.read();
            Command.Finished first = pin(name, refs, staged);
            if (first.ok()) {
                return refs;
            }
            refs = reader.read();
            Command.Finished second = pin(name, refs, staged);
            if (!second.ok()) {
                throw Git.failed(second.errors());
            }
            return refs;
        }
    }

    /// One at a time: a stale lock of a ref in the namespace can then only be of one that is dead.
    private RepositoryLock lock(SandboxName name) throws InterruptedException {
        return Namespace.lock(name, asOwner, layout);
    }

    /// A tree of what is staged, when that is no commit's: the guest gets the index, too. Empty
    /// also for an index with conflicts, of which no tree can be made.
    private Optional<ObjectId> staged(SandboxName name) throws InterruptedException {
        Path index = layout.own().resolve("index");
        if (!Files.isRegularFile(index, LinkOption.NOFOLLOW_LINKS)
                || git.run("diff-index", "--cached", "--quiet", "HEAD", "--").ok()) {
            return Optional.empty();
        }
        // Of a copy, since git would write the tree's name into the index.
        Path copy = Namespace.directory(name, layout).resolve("index");
        asOwner.must("cp", "-pT", index.toString(), copy.toString());
        String tree = git.onIndex(copy, "write-tree").output().strip();
        asOwner.must("rm", "-f", copy.toString());
        return ObjectId.isValid(tree) ? Optional.of(new ObjectId(tree)) : Optional.empty();
    }

    /// Of a copy of the index, as above; filters are off, so what only one of them changes counts.
    boolean hasUncommitted(SandboxName name) throws InterruptedException {
        try (RepositoryLock _ = lock(name)) {
            Path index = layout.own().resolve("index");
            Path copy = Namespace.directory(name, layout).resolve("index");
            if (Files.isRegularFile(index, LinkOption.NOFOLLOW_LINKS)) {
                asOwner.must("cp", "-pT", index.toString(), copy.toString());
            }
            Command.Finished _ = git.onIndex(copy, "update-index", "-q", "--refresh");
            String[] others = {
                "ls-files", "--others", "--exclude-standard", "--directory", "--no-empty-directory"
            };
            boolean changed =
                    !git.onIndex(copy, "diff-index", "--quiet", "HEAD", "--").ok()
                            || !git.onIndex(copy, others).output().isEmpty();
            asOwner.must("rm", "-f", copy.toString());
            return changed;
        }
    }

    private Command.Finished pin(SandboxName name, HostRefs refs, Optional<ObjectId> staged)
            throws InterruptedException {
        String base = base(name);
        Set<ObjectId> wanted = tips(refs);
        staged.ifPresent(wanted::add);
        Map<String, ObjectId> pinned = reader.below(base);
        Set<ObjectId> contained = contained(base, pinned, refs, wanted);
        // One by one: with tens of thousands of tags there is no room for all of them at once.
        return git.updateRefs(
                "keystone-agent: pin",
                to -> {
                    for (ObjectId each : wanted) {
                        if (!each.equals(pinned.get(each.hex()))) {
                            to.write(pinning(name, each).getBytes(StandardCharsets.UTF_8));
                        }
                    }
                    for (ObjectId each : contained) {
                        String instruction = "delete " + base + each + "\0\0";
                        to.write(instruction.getBytes(StandardCharsets.UTF_8));
                    }
                });
    }

    /// Whether a guest borrows from this repository, as far as that can be seen in it.
    boolean areThere(SandboxName name) throws InterruptedException {
        return !reader.below(base(name)).isEmpty();
    }

    /// For whoever takes away another ref that has held it: once the host has an object, a `gc` in
    /// the guest keeps it no longer, and what the guest still knows of must stay here.
    ///
    /// @return an instruction for `update-ref --stdin -z`
    static String pinning(SandboxName name, ObjectId object) {
        return "update " + base(name) + object + '\0' + object + "\0\0";
    }

    private static Set<ObjectId> tips(HostRefs refs) {
        var tips = new LinkedHashSet<>(refs.branches().values());
        tips.addAll(refs.tags().values());
        if (refs.head() instanceof Head.Detached detached) {
            tips.add(detached.commit());
        }
        return tips;
    }

    /// Pins of before that the new ones hold as well.
    private Set<ObjectId> contained(
            String base, Map<String, ObjectId> before, HostRefs refs, Set<ObjectId> wanted)
            throws InterruptedException {
        var tips = new LinkedHashSet<>(refs.branches().values());
        if (refs.head() instanceof Head.Detached detached) {
            tips.add(detached.commit());
        }
        var stale = new TreeSet<String>();
        for (ObjectId pinned : before.values()) {
            if (!wanted.contains(pinned)) {
                stale.add(pinned.hex());
            }
        }
        if (stale.isEmpty() || tips.isEmpty()) {
            return Set.of();
        }
        var arguments =
                new ArrayList<>(List.of("for-each-ref", "--format=%(refname:lstrip=4)", base));
        tips.stream().limit(MOST_NAMED).forEach(tip -> arguments.add("--merged=" + tip));
        var contained = new LinkedHashSet<ObjectId>();
        for (String line : enclosure.answer(arguments.toArray(String[]::new)).split("\n", -1)) {
            if (stale.contains(line)) {
                contained.add(new ObjectId(line));
            }
        }
        return contained;
    }

    private static String base(SandboxName name) {
        return RefReader.namespace(name) + "base/";
    }

    void remove(SandboxName name) throws InterruptedException {
        try (RepositoryLock _ = lock(name)) {
            var instructions = new StringBuilder();
            String base = base(name);
            for (String ref : reader.below(base).keySet()) {
                instructions.append("delete " + base + ref + "\0\0");
            }
            Command.Finished finished =
                    git.updateRefs("keystone-agent: unpin", instructions.toString());
            if (!finished.ok()) {
                throw Git.failed(finished.errors());
            }
            asOwner.must("rm", "-rf", Namespace.directory(name, layout).toString());
        }
    }
}
