package keystone.agent.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Share;
import keystone.agent.model.UserError;
import keystone.agent.store.Places;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.workspace.Links;
import keystone.agent.workspace.Reach;
import keystone.agent.workspace.ShareRules;
import org.jspecify.annotations.Nullable;

/// Which directory is meant by "the project", and which sandbox by "the sandbox".
final class Projects {
    private final Store store;
    private final ShareRules rules;

    /// @param home the user's home directory, which is never a project
    Projects(Store store, Places places, Path home) {
        this.store = store;
        this.rules =
                new ShareRules(
                        home,
                        List.of(places.state(), places.config(), places.cache(), places.runtime()));
    }

    /// The project around a directory: the repository it is in, else the directory itself.
    Path around(Path directory) {
        for (Path at = directory.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(".git"), LinkOption.NOFOLLOW_LINKS) && mayBeShown(at)) {
                return at;
            }
        }
        return directory;
    }

    private boolean mayBeShown(Path directory) {
        return rules.refusal(directory, Access.READ_WRITE).isEmpty();
    }

    /// What guests can change, with those of the project around a directory, which may be about to
    /// get its first one.
    Reach reach(Path directory) {
        var writable = new ArrayList<>(store.writable());
        Path project = around(directory);
        if (mayBeShown(project)) {
            writable.add(project);
        }
        return Reach.of(writable);
    }

    /// The project with links resolved, or a refusal.
    Path check(Path project) {
        // What other guests can write of it may lead elsewhere by now.
        Path real = new Links(store.writable()).resolve(project.toAbsolutePath());
        if (!Files.exists(real, LinkOption.NOFOLLOW_LINKS)) {
            throw UserError.usage(
                    "there is no project at " + Printable.of(project.toString()),
                    "give the directory that holds your project");
        }
        if (!Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
            throw UserError.usage(
                    "the project " + Printable.of(project.toString()) + " is not a directory",
                    "give the directory that holds your project");
        }
        rules.refusal(real, Access.READ_WRITE)
                .ifPresent(
                        why -> {
                            throw UserError.usage(
                                    Printable.of(real.toString())
                                            + " is not a project that a guest may see: it "
                                            + why,
                                    "cd into one project, or name it: keystone-agent start PROJECT");
                        });
        return real;
    }

    /// Refuses what was shared once and must not be any more.
    void checkMounts(List<Share> mounts) {
        for (Share share : mounts) {
            rules.refusal(share.host(), share.access())
                    .ifPresent(
                            why -> {
                                throw UserError.usage(
                                        "`%s` is not shared with guests any more: it %s"
                                                .formatted(
                                                        Printable.of(share.host().toString()), why),
                                        "stop the sandbox, and start it with the mounts it needs");
                            });
        }
    }

    private static Path real(Path project) {
        try {
            return project.toRealPath();
        } catch (IOException missing) {
            throw new UserError(
                    UserError.Kind.USAGE,
                    "there is no project at " + Printable.of(project.toString()),
                    "give the directory that holds your project",
                    missing);
        }
    }

    /// The sandbox that was named, or the one of the project around the directory.
    SandboxDir choose(@Nullable SandboxName name, Path directory) {
        if (name != null) {
            return named(name);
        }
        Path real = real(directory);
        List<SandboxDir> all = store.all();
        List<SandboxDir> around = around(real, all);
        if (around.isEmpty()) {
            throw UserError.notFound(
                    "no sandbox belongs to " + Printable.of(real.toString()),
                    all.isEmpty()
                            ? "keystone-agent start"
                            : "keystone-agent start   # or name one of: keystone-agent list");
        }
        if (around.size() > 1) {
            throw UserError.usage(
                    "this project has several sandboxes: " + names(around),
                    "name the one you mean");
        }
        return around.getFirst();
    }

    SandboxDir named(SandboxName name) {
        return store.find(name)
                .orElseThrow(
                        () ->
                                UserError.notFound(
                                        "there is no sandbox `" + name + "`",
                                        "keystone-agent list"));
    }

    /// The sandboxes whose project holds the directory, and of them the innermost.
    private static List<SandboxDir> around(Path directory, List<SandboxDir> all) {
        int deepest = -1;
        for (SandboxDir dir : all) {
            Optional<Path> project = project(dir);
            if (project.isPresent() && directory.startsWith(project.get())) {
                deepest = Math.max(deepest, project.get().getNameCount());
            }
        }
        int depth = deepest;
        return all.stream()
                .filter(
                        dir ->
                                project(dir)
                                        .filter(p -> directory.startsWith(p))
                                        .filter(p -> p.getNameCount() == depth)
                                        .isPresent())
                .toList();
    }

    private static Optional<Path> project(SandboxDir dir) {
        try {
            return Optional.of(dir.spec().project());
        } catch (UserError unreadable) {
            // Another sandbox's damage is not this one's problem; `list` shows it.
            return Optional.empty();
        }
    }

    /// The sandboxes of exactly this project.
    List<SandboxDir> of(Path project) {
        return store.all().stream()
                .filter(dir -> project(dir).filter(project::equals).isPresent())
                .toList();
    }

    static String names(List<SandboxDir> dirs) {
        return dirs.stream().map(dir -> dir.name().value()).collect(Collectors.joining(", "));
    }
}
