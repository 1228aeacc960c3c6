package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// The directories of one sandbox, each under the tag by which the guest mounts it.
///
/// @param byTag in mount order: the project first, so that a mount may lie inside it
public record Shares(SequencedMap<String, Share> byTag) {
    private static final String PROJECT = "workspace";
    private static final String OBJECTS = "objects";
    private static final String GIT = ".git";

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

    /// The same, but what the project has for `.git` is out of reach.
    ///
    /// @param empty an empty directory, which is seen instead
    /// @param objects of the repository; null when the project has none
    /// @param inside where the guest gets these, read-only
    public Shares withoutGit(Path empty, @Nullable Path objects, String inside) {
        var changed = new LinkedHashMap<>(byTag);
        var cover = new Share.Cover(GIT, empty);
        changed.computeIfPresent(PROJECT, (_, project) -> project.covering(cover));
        if (objects != null) {
            changed.put(OBJECTS, new Share(objects, inside, Access.READ_ONLY));
        }
        return new Shares(changed);
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
