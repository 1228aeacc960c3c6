package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.UserError;

/// The directories of one sandbox, each under the tag by which the guest mounts it.
///
/// @param byTag in mount order: the project first, so that a mount may lie inside it
public record Shares(SequencedMap<String, Share> byTag) {
    /// The tag of the project.
    public static final String PROJECT = "workspace";

    private static final String BORROWED = "git";
    private static final String STORE = "store";

    public Shares {
        byTag = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(byTag));
    }

    public static Shares of(SandboxSpec spec) {
        var byTag = new LinkedHashMap<String, Share>();
        byTag.put(PROJECT, new Share(spec.project(), SandboxSpec.WORKSPACE, Access.READ_WRITE));
        for (int i = 0; i < spec.mounts().size(); i++) {
            byTag.put("mount" + i, spec.mounts().get(i));
        }
        return new Shares(byTag);
    }

    /// The same, but something else is seen in places of the project, such as `.git`.
    ///
    /// @param covers in the order in which they must be mounted
    public Shares covering(List<Share.Cover> covers) {
        var changed = new LinkedHashMap<>(byTag);
        changed.computeIfPresent(PROJECT, (_, project) -> project.covering(covers));
        return new Shares(changed);
    }

    /// The same, but something else is seen in places of any of them.
    ///
    /// @param covers by tag
    public Shares covering(Map<String, List<Share.Cover>> covers) {
        var changed = new LinkedHashMap<>(byTag);
        covers.forEach(
                (tag, more) -> changed.computeIfPresent(tag, (_, share) -> share.covering(more)));
        return new Shares(changed);
    }

    /// The same, and what the guest's git borrows.
    ///
    /// @param borrowed read-only
    public Shares lending(Share borrowed) {
        var changed = new LinkedHashMap<>(byTag);
        changed.put(BORROWED, borrowed);
        return new Shares(changed);
    }

    /// The same, and what the project's devshell needs.
    ///
    /// @param store read-only
    public Shares furnishing(Share store) {
        var changed = new LinkedHashMap<>(byTag);
        changed.put(STORE, store);
        return new Shares(changed);
    }

    /// Only what was asked for beside the project.
    public Shares withoutProject() {
        var others = new LinkedHashMap<>(byTag);
        others.remove(PROJECT);
        return new Shares(others);
    }

    /// Refuses a share whose path has a link in it. The paths were free of links when they were
    /// asked for; since then a guest may have put one there, to be shown what it leads to.
    public void requireNoLinks() {
        for (Share share : byTag.sequencedValues()) {
            if (!isWhereItWas(share.host())) {
                throw UserError.failed(
                        "%s is not the directory any more that was to be shared: a link took its place"
                                .formatted(Printable.of(share.host().toString())),
                        "look at it, then name what you mean with --mount, or restore the directory");
            }
        }
    }

    private static boolean isWhereItWas(Path path) {
        try {
            return path.toRealPath().equals(path);
        } catch (IOException missing) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "%s is gone, but was to be shared".formatted(Printable.of(path.toString())),
                    "restore the directory, or start the sandbox without it",
                    missing);
        }
    }
}
