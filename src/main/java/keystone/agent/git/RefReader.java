package keystone.agent.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.OpenFile;
import org.jspecify.annotations.Nullable;

/// Reads refs and what is checked out.
final class RefReader {
    static final String BRANCHES = "refs/heads/";
    static final String WORKSPACE = "HEAD";
    static final String OLD = "old/";
    static final String TASKS = "tasks/";
    static final String TAGS = "refs/tags/";
    private static final String SYMBOLIC = "ref: ";
    private static final String FORMAT = "--format=%(objectname) %(refname)";
    private static final int LONGEST_HEAD = 4096;

    /// Bytes in which all refs of a guest can be told; less than what is read of git's answer.
    static final int MOST_LISTED = 4_000_000;

    /// What a line has beside the ref's name as the guest has it: an object, and where ours begin.
    private static final int LISTED = 100;

    private final Layout layout;
    private final Git git;

    RefReader(Layout layout, Git git) {
        this.layout = layout;
        this.git = git;
    }

    /// How much of [#MOST_LISTED] a ref takes.
    ///
    /// @param bytes of its name
    static int listed(int bytes) {
        return LISTED + bytes;
    }

    /// Where a sandbox's refs begin.
    static String namespace(SandboxName name) {
        return "refs/keystone/" + name + "/";
    }

    /// Where the guest's branches are fetched to.
    static String fetched(SandboxName name) {
        return namespace(name) + "heads/";
    }

    /// Where the commits of tasks are kept, whatever their guest does later.
    static String tasks(SandboxName name) {
        return namespace(name) + TASKS;
    }

    /// Where is kept, below the time, what was fetched and then was the guest's no longer.
    static String old(SandboxName name) {
        return namespace(name) + OLD;
    }

    /// Where the commit is fetched to that the guest's workspace stands on.
    static String workspace(SandboxName name) {
        return namespace(name) + WORKSPACE;
    }

    HostRefs read() throws InterruptedException {
        return new HostRefs(head(), below(BRANCHES), below(TAGS));
    }

    /// Objects by name without the prefix; what is not UTF-8 is left out.
    ///
    /// @param prefix with a slash at its end
    Map<String, ObjectId> below(String prefix) throws InterruptedException {
        return refs(prefix, List.of(prefix));
    }

    /// The same of those refs below it that match one of these patterns, as `for-each-ref` takes
    /// them.
    Map<String, ObjectId> matching(String prefix, List<String> patterns)
            throws InterruptedException {
        return refs(prefix, patterns.stream().map(prefix::concat).toList());
    }

    private Map<String, ObjectId> refs(String prefix, List<String> patterns)
            throws InterruptedException {
        var arguments = new ArrayList<>(List.of("for-each-ref", FORMAT));
        arguments.addAll(patterns);
        var refs = new TreeMap<String, ObjectId>();
        // One by one: there may be tens of thousands, and a supervisor is small.
        git.read(arguments.toArray(String[]::new)).lines().forEach(line -> put(line, prefix, refs));
        return refs;
    }

    private static void put(String line, String prefix, Map<String, ObjectId> refs) {
        int space = line.indexOf(' ');
        if (space > 0 && line.indexOf('\ufffd') < 0) {
            String name = line.substring(space + 1 + prefix.length());
            refs.put(name, new ObjectId(line.substring(0, space)));
        }
    }

    /// Of exactly this ref; null when there is none.
    ///
    /// @param ref whole, so beginning with `refs/`
    @Nullable ObjectId object(String ref) throws InterruptedException {
        String found = git.run("show-ref", "--verify", "--hash", ref).output().strip();
        return ObjectId.isValid(found) ? new ObjectId(found) : null;
    }

    /// What `HEAD` says.
    Head head() {
        String text;
        try (OpenFile file = OpenFile.itself(layout.own().resolve("HEAD"))) {
            text = new String(file.read(LONGEST_HEAD), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "the project's .git/HEAD cannot be read",
                    "git status",
                    e);
        }
        if (ObjectId.isValid(text)) {
            return new Head.Detached(new ObjectId(text));
        }
        String target = text.startsWith(SYMBOLIC) ? text.substring(SYMBOLIC.length()) : "";
        if (!target.startsWith(BRANCHES)) {
            throw UserError.failed(
                    "the project's .git/HEAD names neither a branch nor a commit", "git status");
        }
        return new Head.OnBranch(target.substring(BRANCHES.length()));
    }
}
