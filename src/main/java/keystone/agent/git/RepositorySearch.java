package keystone.agent.git;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import keystone.agent.git.ConfigText.Malformed;
import keystone.agent.git.ConfigText.Setting;
import keystone.agent.git.ProjectRepository.AnothersOwn;
import keystone.agent.git.ProjectRepository.Bare;
import keystone.agent.git.ProjectRepository.ConfiguredByProject;
import keystone.agent.git.ProjectRepository.Found;
import keystone.agent.git.ProjectRepository.GitDirectoryElsewhere;
import keystone.agent.git.ProjectRepository.Misplaced;
import keystone.agent.git.ProjectRepository.NoRepository;
import keystone.agent.git.ProjectRepository.OtherWorkTree;
import keystone.agent.git.ProjectRepository.OutOfReach;
import keystone.agent.git.ProjectRepository.Subdirectory;
import keystone.agent.git.ProjectRepository.TreesMissing;
import keystone.agent.git.ProjectRepository.UnknownFormat;
import keystone.agent.git.ProjectRepository.Unreadable;
import keystone.agent.model.Owner;
import keystone.agent.process.HostUser;
import org.jspecify.annotations.Nullable;

/// Looks at a project directory without running git in it, and without following a link.
final class RepositorySearch {
    /// That change nothing about what a guest may borrow, or have one value that does not.
    private static final Set<String> HARMLESS =
            Set.of(
                    "noop",
                    "partialclone",
                    "noop-v1",
                    "preciousobjects",
                    "worktreeconfig",
                    "relativeworktrees",
                    "objectformat=sha1",
                    "refstorage=files");

    private static final List<String> DIRECTORIES =
            List.of("objects", "refs", "objects/pack", "objects/info", "refs/heads", "refs/tags");

    private static final List<String> FILES = List.of("config", "packed-refs", "shallow");

    private static final List<String> OWN_FILES = List.of("HEAD", "index", "config.worktree");

    private final Path project;
    private final Path git;
    private final Owner owner;
    private final HostUser self;

    RepositorySearch(Path project, Owner owner, HostUser self) {
        this.project = project;
        this.git = project.resolve(".git");
        this.owner = owner;
        this.self = self;
    }

    ProjectRepository search() {
        if (!Files.exists(git, LinkOption.NOFOLLOW_LINKS)) {
            return withoutGitDirectory();
        }
        if (Files.isRegularFile(git, LinkOption.NOFOLLOW_LINKS)) {
            return new GitFile(project)
                    .layout()
                    .map(this::search)
                    .orElseGet(GitDirectoryElsewhere::new);
        }
        if (!isDirectory(git)) {
            return new Misplaced(git);
        }
        if (Files.exists(git.resolve("commondir"), LinkOption.NOFOLLOW_LINKS)) {
            return new GitDirectoryElsewhere();
        }
        if (!Files.exists(git.resolve("HEAD"), LinkOption.NOFOLLOW_LINKS)) {
            // Git passes over an empty directory of this name.
            return withoutGitDirectory();
        }
        return search(Layout.plain(project));
    }

    private ProjectRepository search(Layout layout) {
        try {
            Path closed = closed(layout);
            if (closed != null) {
                return new OutOfReach(closed);
            }
            ProjectRepository unfit = unfitFiles(layout);
            ProjectRepository unfitToo = unfit == null ? unfitConfiguration(layout) : unfit;
            return unfitToo == null ? found(layout) : unfitToo;
        } catch (IOException unreadable) {
            return new Unreadable(layout.own());
        } catch (Alternates.Unfit unfit) {
            return unfit.why();
        }
    }

    private Found found(Layout layout) throws Alternates.Unfit {
        Path objects = layout.common().resolve("objects");
        List<Path> borrowed = new Alternates(project, owner).of(objects);
        return new Found(new HostRepository(layout, borrowed, owner, self));
    }

    private ProjectRepository withoutGitDirectory() {
        if (isDirectory(project.resolve("objects"))
                && isDirectory(project.resolve("refs"))
                && Files.exists(project.resolve("HEAD"), LinkOption.NOFOLLOW_LINKS)) {
            return new Bare();
        }
        for (Path above = project.getParent(); above != null; above = above.getParent()) {
            if (Files.exists(above.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
                return new Subdirectory(above);
            }
        }
        return new NoRepository();
    }

    /// Of the way to the project and to its git directory the part that its owner may not go, only
    /// root. What is within the project does not count: a guest can close that.
    private @Nullable Path closed(Layout layout) throws IOException {
        if (!self.isRoot() || owner.isRoot()) {
            return null;
        }
        for (Path goal : List.of(project, layout.own(), layout.common())) {
            for (Path each = goal.getParent(); each != null; each = each.getParent()) {
                if (!each.startsWith(project) && !mayEnter(each)) {
                    return each;
                }
            }
        }
        return null;
    }

    /// By its mode; git works without further groups.
    private boolean mayEnter(Path directory) throws IOException {
        PosixFilePermission bit = PosixFilePermission.OTHERS_EXECUTE;
        if (Integer.valueOf(owner.uid()).equals(Files.getAttribute(directory, "unix:uid"))) {
            bit = PosixFilePermission.OWNER_EXECUTE;
        } else if (Integer.valueOf(owner.gid()).equals(Files.getAttribute(directory, "unix:gid"))) {
            bit = PosixFilePermission.GROUP_EXECUTE;
        }
        return Files.getPosixFilePermissions(directory).contains(bit);
    }

    private @Nullable ProjectRepository unfitFiles(Layout layout) throws IOException {
        Path common = layout.common();
        Path misplaced = misplaced(layout);
        if (misplaced != null) {
            return new Misplaced(misplaced);
        }
        for (Path each : List.of(project, git, layout.own(), common, common.resolve("config"))) {
            Object uid = Files.getAttribute(each, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (!Integer.valueOf(owner.uid()).equals(uid)) {
                return new AnothersOwn(each);
            }
        }
        return null;
    }

    private static @Nullable Path misplaced(Layout layout) throws IOException {
        for (String name : DIRECTORIES) {
            Path directory = layout.common().resolve(name);
            boolean needed = name.equals("objects") || name.equals("refs");
            if ((needed || Files.exists(directory, LinkOption.NOFOLLOW_LINKS))
                    && !isDirectory(directory)) {
                return directory;
            }
        }
        Stream<Path> files =
                Stream.concat(
                        FILES.stream().map(layout.common()::resolve),
                        OWN_FILES.stream().map(layout.own()::resolve));
        Optional<Path> strange =
                files.filter(
                                file ->
                                        Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                                                && !Files.isRegularFile(
                                                        file, LinkOption.NOFOLLOW_LINKS))
                        .findFirst();
        if (strange.isPresent()) {
            return strange.get();
        }
        Path objects = layout.common().resolve("objects");
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(objects)) {
            for (Path entry : entries) {
                if (!isDirectory(entry)) {
                    return entry;
                }
            }
        }
        return null;
    }

    private static boolean isDirectory(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private @Nullable ProjectRepository unfitConfiguration(Layout layout) {
        Configuration configuration;
        Configuration ofWorkTree;
        try {
            configuration = Configuration.read(layout);
            ofWorkTree = Configuration.ofWorkTree(layout);
        } catch (IOException | Malformed unreadable) {
            return new Unreadable(layout.common().resolve("config"));
        }
        if (ofWorkTree.isTrue("core.bare")) {
            return new Bare();
        }
        Optional<String> workTree = ofWorkTree.get("core.worktree");
        if (workTree.isPresent() && !isProject(layout.own(), workTree.get())) {
            return new OtherWorkTree();
        }
        for (Setting setting : configuration.settings()) {
            ProjectRepository unfit = unfit(setting);
            if (unfit != null) {
                return unfit;
            }
        }
        return configuration
                .includedFrom(project)
                .<ProjectRepository>map(ConfiguredByProject::new)
                .orElse(null);
    }

    private boolean isProject(Path own, String workTree) {
        try {
            return own.resolve(workTree).toRealPath().equals(project);
        } catch (IOException | InvalidPathException none) {
            return false;
        }
    }

    private static @Nullable ProjectRepository unfit(Setting setting) {
        String key = setting.key();
        String value = setting.value().toLowerCase(Locale.ROOT);
        if (key.endsWith(".partialclonefilter") && value.contains("tree:")) {
            return new TreesMissing();
        }
        if (key.startsWith("extensions.")) {
            String name = key.substring("extensions.".length());
            return HARMLESS.contains(name) || HARMLESS.contains(name + "=" + value)
                    ? null
                    : new UnknownFormat(name + " = " + value);
        }
        boolean versionOfOld = Set.of("0", "1").contains(value);
        return key.equals("core.repositoryformatversion") && !versionOfOld
                ? new UnknownFormat(key + " = " + value)
                : null;
    }
}
