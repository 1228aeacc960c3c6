package keystone.agent.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.git.Head;
import keystone.agent.git.HostRefs;
import keystone.agent.git.HostRepository;
import keystone.agent.git.ObjectId;
import keystone.agent.git.ProjectRepository;
import keystone.agent.git.Transport;
import keystone.agent.guest.GuestConfig;
import keystone.agent.guest.GuestRepository;
import keystone.agent.guest.HostState;
import keystone.agent.model.GitMode;
import keystone.agent.model.Owner;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.process.HostUser;
import keystone.agent.process.OpenFile;

/// What a sandbox's guest has of the project's repository, and what that takes on this host.
public sealed interface GitAccess {
    /// The host's own `.git`, as part of the project.
    record Direct() implements GitAccess {}

    /// No git: there is no repository that the guest could have one of its own for.
    ///
    /// @param why as a sentence without a full stop
    record None(String why) implements GitAccess {}

    /// A git directory of its own, which borrows this repository's objects.
    record Own(HostRepository repository) implements GitAccess {}

    /// A clone of this repository, with files of its own; nothing of the project is shared.
    record Cloned(HostRepository repository) implements GitAccess {}

    /// Looks at the project.
    ///
    /// @throws UserError when the repository is of a kind that cannot be protected
    static GitAccess of(SandboxSpec spec, Owner owner) {
        if (spec.share() == ShareDriver.CLONE) {
            return cloned(spec, owner);
        }
        if (spec.git() == GitMode.DIRECT) {
            return new Direct();
        }
        return switch (HostRepository.find(spec.project(), owner, HostUser.current())) {
            case ProjectRepository.Found(HostRepository repository) -> new Own(repository);
            case ProjectRepository.NoRepository none -> new None(none.reason());
            case ProjectRepository.Subdirectory part -> new None(part.reason());
            case ProjectRepository.Unfit unfit ->
                    throw UserError.wrongState(
                            "`--git protected` is not possible here: " + unfit.reason(),
                            "keystone-agent start --git direct --name " + spec.name());
        };
    }

    private static GitAccess cloned(SandboxSpec spec, Owner owner) {
        return switch (HostRepository.find(spec.project(), owner, HostUser.current())) {
            case ProjectRepository.Found(HostRepository repository) -> new Cloned(repository);
            case ProjectRepository.NoRepository none -> throw cannotClone(none, "git init");
            case ProjectRepository.Unfit unfit ->
                    throw cannotClone(
                            unfit, "keystone-agent start --share auto --name " + spec.name());
        };
    }

    private static UserError cannotClone(ProjectRepository.Unfit unfit, String fix) {
        return UserError.wrongState("`--share clone` is not possible: " + unfit.reason(), fix);
    }

    default GuestConfig.GitDirectory directory() {
        return switch (this) {
            case Direct _, None _ -> GuestConfig.GitDirectory.SHARED;
            case Own _ -> GuestConfig.GitDirectory.OWN;
            case Cloned _ -> GuestConfig.GitDirectory.CLONE;
        };
    }

    /// Whether something stands in the place of the project's `.git`.
    default boolean coversProjects() {
        return this instanceof Own || this instanceof None;
    }

    /// The host's side of what the guest has; empty when the guest has nothing of its own.
    default Optional<HostRepository> git() {
        return switch (this) {
            case Direct _, None _ -> Optional.empty();
            case Own own -> Optional.of(own.repository);
            case Cloned cloned -> Optional.of(cloned.repository);
        };
    }

    /// Pins what the guest borrows, and tells it of the host's branches.
    ///
    /// @param config of the connection, as in [GuestRepository]
    /// @return what a person should know, a sentence each
    default List<String> follow(SandboxName name, Path config) throws InterruptedException {
        return switch (this) {
            case Direct _ -> List.of();
            case None(String why) -> List.of("there is no git inside: " + why);
            case Own(HostRepository repository) -> {
                HostRefs refs = repository.pin(name);
                var followed =
                        new GuestRepository(name, config)
                                .follow(state(repository, refs), index(repository));
                yield sentences(repository, followed);
            }
            case Cloned(HostRepository repository) -> {
                HostRefs refs = repository.pin(name);
                yield clone(new Cloning(name, config, repository), state(repository, refs));
            }
        };
    }

    private static List<String> clone(Cloning cloning, HostState state)
            throws InterruptedException {
        var sentences = new ArrayList<String>();
        GuestRepository.Followed followed = cloning.follow(state, sentences::add);
        sentences.addAll(sentences(followed));
        return sentences;
    }

    private static List<String> sentences(
            HostRepository repository, GuestRepository.Followed followed) {
        var sentences = new ArrayList<String>();
        for (Path borrowed : repository.borrowed()) {
            sentences.add(
                    "the guest can read the objects that the project's repository borrows: "
                            + Printable.of(borrowed.toString()));
        }
        sentences.addAll(sentences(followed));
        return sentences;
    }

    private static List<String> sentences(GuestRepository.Followed followed) {
        var sentences = new ArrayList<String>();
        for (String branch : followed.diverged()) {
            sentences.add(
                    "`%s` has moved on both sides; inside, this host's is `host/%s`"
                            .formatted(branch, branch));
        }
        if (followed.kind() == GuestRepository.Followed.Kind.NOT_NOW) {
            sentences.add(
                    "the guest's git does not know of this host's branches yet: another git is at"
                            + " work there, or branches are in each other's way");
        }
        return sentences;
    }

    /// Fetches the guest's commits into `refs/keystone/NAME/`.
    ///
    /// @param limit for all of it
    default void fetch(SandboxName name, Path config, Duration limit) throws InterruptedException {
        HostRepository repository = git().orElse(null);
        if (repository != null) {
            Transport usual = Transport.of(new GuestRepository(name, config).uploadPack());
            repository.fetch(name, new Transport(usual.uploadPack(), limit, usual.mostBytes()));
        }
    }

    private static HostState state(HostRepository repository, HostRefs refs) {
        String head =
                switch (refs.head()) {
                    case Head.OnBranch(String branch) -> "ref: refs/heads/" + branch;
                    case Head.Detached(ObjectId commit) -> commit.hex();
                };
        return new HostState(
                hex(refs.branches()),
                hex(refs.tags()),
                head,
                repository.shallow().orElse(""),
                repository.isPartial() ? HostState.Objects.SOME : HostState.Objects.ALL);
    }

    private static Map<String, String> hex(Map<String, ObjectId> refs) {
        var all = new TreeMap<String, String>();
        refs.forEach((name, object) -> all.put(name, object.hex()));
        return all;
    }

    /// Empty when the guest makes its own, which takes it longer.
    private static byte[] index(HostRepository repository) {
        int most = 8 << 20;
        try (Stream<Path> entries = Files.list(repository.gitDirectory());
                OpenFile file = OpenFile.itself(repository.index())) {
            boolean isSplit =
                    entries.anyMatch(
                            each -> each.getFileName().toString().startsWith("sharedindex."));
            if (isSplit || Files.size(repository.index()) > most) {
                return new byte[0];
            }
            return file.read(most);
        } catch (IOException thereIsNone) {
            return new byte[0];
        }
    }
}
