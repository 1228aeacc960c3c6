package keystone.agent.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.store.Places;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import org.jspecify.annotations.Nullable;

/// Which directory is meant by "the project", and which sandbox by "the sandbox".
final class Projects {
    private final Store store;
    private final Places places;
    private final Path home;

    /// @param home the user's home directory, which is never a project
    Projects(Store store, Places places, Path home) {
        this.store = store;
        this.places = places;
        this.home = realOr(home);
    }

    /// The project around a directory: the repository it is in, else the directory itself.
    Path around(Path directory) {
        for (Path at = directory.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(".git"), LinkOption.NOFOLLOW_LINKS) && !isTooMuch(at)) {
                return at;
            }
        }
        return directory;
    }

    /// The project with links resolved, or a refusal.
    Path check(Path project) {
        Path real = real(project);
        if (!Files.isDirectory(real)) {
            throw UserError.usage(
                    "the project " + Printable.of(project.toString()) + " is not a directory",
                    "give the directory that holds your project");
        }
        if (isTooMuch(real)) {
            throw UserError.usage(
                    Printable.of(real.toString())
                            + " is not a project: the agent would get all that is in it",
                    "cd into one project, or name it: keystone-agent start PROJECT");
        }
        for (Path kept :
                List.of(places.state(), places.config(), places.cache(), places.runtime())) {
            Path own = realOr(kept);
            if (real.startsWith(own) || own.startsWith(real)) {
                throw UserError.usage(
                        Printable.of(real.toString())
                                + " holds keystone-agent's own files, which no guest may see",
                        "keep the project outside of " + own);
            }
        }
        return real;
    }

    /// What does not exist yet has no links either.
    private static Path realOr(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException missing) {
            return path;
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

    /// The root, the home directory, whatever contains it, and the system's own directories.
    private boolean isTooMuch(Path directory) {
        if (directory.getParent() == null || home.startsWith(directory)) {
            return true;
        }
        return List.of("/home", "/root", "/etc", "/usr", "/var", "/boot", "/proc", "/sys", "/dev")
                .contains(directory.toString());
    }

    /// The sandbox that was named, or the one of the project around the directory.
    SandboxDir choose(@Nullable SandboxName name, Path directory) {
        if (name != null) {
            return named(name);
        }
        Path real = real(directory);
        List<SandboxDir> around = around(real, store.all());
        if (around.isEmpty()) {
            throw UserError.notFound(
                    "no sandbox belongs to " + Printable.of(real.toString()),
                    "keystone-agent start, or name one of: keystone-agent list");
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

    /// Those whose project holds the directory, and of them the innermost.
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
