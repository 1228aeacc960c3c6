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
import keystone.agent.git.Submodule;
import keystone.agent.git.Transport;
import keystone.agent.guest.GuestConfig;
import keystone.agent.guest.GuestRepository;
import keystone.agent.guest.GuestRepository.Followed;
import keystone.agent.guest.HostState;
import keystone.agent.guest.ModuleId;
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
    record Own(HostRepository repository, List<Submodule> submodules) implements GitAccess {
        public Own {
            submodules = List.copyOf(submodules);
        }

        /// Those that are checked out.
        List<Submodule.Present> present() {
            return submodules.stream()
                    .filter(Submodule.Present.class::isInstance)
                    .map(Submodule.Present.class::cast)
                    .toList();
        }
    }

    /// A clone of this repository, with files of its own; nothing of the project is shared.
    record Cloned(HostRepository repository) implements GitAccess {}

    /// Looks at the project.
    ///
    /// @throws UserError when the repository is of a kind that cannot be protected
    static GitAccess of(SandboxSpec spec, Owner owner) throws InterruptedException {
        if (spec.share() == ShareDriver.CLONE) {
            return cloned(spec, owner);
        }
        if (spec.git() == GitMode.DIRECT) {
            return new Direct();
        }
        return switch (HostRepository.find(spec.project(), owner, HostUser.current())) {
            case ProjectRepository.Found(HostRepository repository) ->
                    new Own(repository, repository.submodules());
            case ProjectRepository.NoRepository none -> new None(none.reason());
            case ProjectRepository.Subdirectory part -> new None(part.reason());
            case ProjectRepository.Unfit unfit -> throw impossible(spec.name(), unfit.reason());
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

    /// Refuses a start in which something that git on this host looks into would be in the guest's
    /// reach.
    default void requireFit(SandboxName name) {
        if (this instanceof Own own) {
            for (Submodule each : own.submodules()) {
                if (each instanceof Submodule.Unfit(String path, String why)) {
                    throw impossible(name, "the submodule `" + Printable.of(path) + "` " + why);
                }
            }
        }
    }

    private static UserError impossible(SandboxName name, String why) {
        return UserError.wrongState(
                "`--git protected` is not possible here: " + why,
                "keystone-agent start --git direct --name " + name);
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
    default Optional<HostRepository> own() {
        return switch (this) {
            case Direct _, None _ -> Optional.empty();
            case Own own -> Optional.of(own.repository);
            case Cloned cloned -> Optional.of(cloned.repository);
        };
    }

    /// What a guest was told.
    ///
    /// @param kind whether it knows everything now
    /// @param sentences that a person should know
    record Told(Followed.Kind kind, List<String> sentences) {
        public Told {
            sentences = List.copyOf(sentences);
        }
    }

    /// Another text whenever there may be something to [#follow].
    default String footprint() {
        var text = new StringBuilder();
        own().ifPresent(repository -> text.append(repository.footprint()));
        if (this instanceof Own own) {
            own.present().forEach(each -> text.append(each.repository().footprint()));
        }
        return text.toString();
    }

    /// Pins what the guest borrows, and tells it of the host's branches.
    ///
    /// @param config of the connection, as in [GuestRepository]
    default Told follow(SandboxName name, Path config) throws InterruptedException {
        return switch (this) {
            case Direct _ -> new Told(Followed.Kind.DONE, List.of());
            case None(String why) ->
                    new Told(Followed.Kind.DONE, List.of("there is no git inside: " + why));
            case Own own -> followAll(own, name, config);
            case Cloned cloned -> followClone(cloned.repository, name, config);
        };
    }

    private static Told followClone(HostRepository repository, SandboxName name, Path config)
            throws InterruptedException {
        var sentences = new ArrayList<String>();
        HostState state = state(repository, repository.pin(name));
        Followed followed = new Cloning(name, config, repository).follow(state, sentences::add);
        sentences.addAll(sentences("", followed));
        return new Told(followed.kind(), sentences);
    }

    private static Told followAll(Own git, SandboxName name, Path config)
            throws InterruptedException {
        var guest = new GuestRepository(name, config);
        var sentences = new ArrayList<String>();
        Followed project = follow(git.repository(), name, guest);
        sentences.addAll(sentences("", git.repository(), project));
        boolean done = project.kind() == Followed.Kind.DONE;
        for (Submodule.Present each : git.present()) {
            HostRepository repository = each.repository();
            Followed module = follow(repository, name, guest.module(id(repository)));
            String where = "in `" + Printable.of(each.path()) + "`, ";
            sentences.addAll(sentences(where, repository, module));
            done &= module.kind() == Followed.Kind.DONE;
        }
        return new Told(done ? Followed.Kind.DONE : Followed.Kind.NOT_NOW, sentences);
    }

    private static Followed follow(
            HostRepository repository, SandboxName name, GuestRepository guest)
            throws InterruptedException {
        HostRefs refs = repository.pin(name);
        return guest.follow(state(repository, refs), index(repository));
    }

    static ModuleId id(HostRepository module) {
        return ModuleId.of(module.gitDirectory());
    }

    private static List<String> sentences(
            String where, HostRepository repository, Followed followed) {
        var sentences = new ArrayList<String>();
        for (Path borrowed : repository.borrowed()) {
            sentences.add(
                    where
                            + "the guest can read the objects that the repository borrows: "
                            + Printable.of(borrowed.toString()));
        }
        sentences.addAll(sentences(where, followed));
        return sentences;
    }

    private static List<String> sentences(String where, Followed followed) {
        var sentences = new ArrayList<String>();
        for (String branch : followed.diverged()) {
            sentences.add(
                    "%s`%s` has moved on both sides; inside, this host's is `host/%s`"
                            .formatted(where, branch, branch));
        }
        if (followed.kind() == Followed.Kind.NOT_NOW) {
            sentences.add(
                    where
                            + "the guest's git does not know of this host's branches yet: another git is at"
                            + " work there, or branches are in each other's way");
        }
        return sentences;
    }

    /// Fetches the guest's commits into `refs/keystone/NAME/`.
    ///
    /// @param limit for all of it
    default void fetch(SandboxName name, Path config, Duration limit) throws InterruptedException {
        var guest = new GuestRepository(name, config);
        if (this instanceof Own own) {
            // What the project's commits refer to comes first.
            for (Submodule.Present each : own.present()) {
                HostRepository module = each.repository();
                module.fetch(name, transport(guest.module(id(module)), limit));
            }
        }
        HostRepository repository = own().orElse(null);
        if (repository != null) {
            repository.fetch(name, transport(guest, limit));
        }
    }

    private static Transport transport(GuestRepository guest, Duration limit) {
        Transport usual = Transport.of(guest.uploadPack());
        return new Transport(usual.uploadPack(), limit, usual.mostBytes());
    }

    /// Lets go of what the guest borrowed.
    default void unpin(SandboxName name) throws InterruptedException {
        HostRepository repository = own().orElse(null);
        if (repository != null) {
            repository.unpin(name);
        }
        if (this instanceof Own own) {
            for (Submodule.Present each : own.present()) {
                each.repository().unpin(name);
            }
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
