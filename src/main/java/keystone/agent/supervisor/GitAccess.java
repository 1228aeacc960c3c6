package keystone.agent.supervisor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import keystone.agent.git.Fetched;
import keystone.agent.git.HostRepository;
import keystone.agent.git.ProjectRepository;
import keystone.agent.git.Submodule;
import keystone.agent.git.Transport;
import keystone.agent.guest.GuestConfig;
import keystone.agent.guest.GuestRepository;
import keystone.agent.guest.GuestRepository.Disk;
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

/// What a sandbox's guest has of the project's repository, and what that takes on this host.
public sealed interface GitAccess {
    /// What a guest that shares `.git` can do.
    String OBEYS =
            "git on this host obeys what the guest writes into .git, such as hooks and filters: look"
                    + " with `keystone-agent review` before you use it";

    /// Of bytes that a guest may send however little room there is: a day's commits are less, and
    /// would be lost with its disk.
    long ALWAYS = 64L << 20;

    /// The host's own `.git`, as part of the project.
    ///
    /// @param why not better, as a sentence without a full stop; empty when it was asked for
    record Direct(String why) implements GitAccess {}

    /// No git: there is no repository that the guest could have one of its own for.
    ///
    /// @param why as a sentence without a full stop
    record None(String why) implements GitAccess {}

    /// A git directory of its own, which borrows this repository's objects.
    record Own(HostRepository repository, List<Submodule> submodules) implements GitAccess {
        public Own {
            submodules = List.copyOf(submodules);
        }

        /// The submodules that are checked out.
        List<Submodule.Present> present() {
            return submodules.stream()
                    .filter(Submodule.Present.class::isInstance)
                    .map(Submodule.Present.class::cast)
                    .toList();
        }
    }

    /// A clone of this repository, with files of its own; nothing of the project is shared.
    record Cloned(HostRepository repository) implements GitAccess {}

    /// What there is, of a sandbox that has been started.
    ///
    /// @throws UserError when it was asked to be protected and cannot be any more
    static GitAccess of(SandboxSpec spec, Owner owner) throws InterruptedException {
        if (spec.share() == ShareDriver.CLONE) {
            return cloned(spec, owner);
        }
        if (spec.git() == GitMode.DIRECT) {
            return new Direct("");
        }
        return switch (HostRepository.find(spec.project(), owner, HostUser.current())) {
            case ProjectRepository.Found(HostRepository repository) ->
                    new Own(repository, repository.submodules());
            case ProjectRepository.NoRepository none -> new None(none.reason());
            case ProjectRepository.Subdirectory part -> new None(part.reason());
            case ProjectRepository.Unfit unfit -> insteadOfProtected(spec, unfit.reason());
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

    /// The same, for a start.
    ///
    /// @param obstacle why this host can cover nothing that is shared; empty when it can
    /// @throws UserError also when something that git on this host looks into would be in the
    ///     guest's reach. Only the tree decides about that, so a guest could bring it about: it is
    ///     never a reason to give it more
    static GitAccess forStart(SandboxSpec spec, Owner owner, Optional<String> obstacle)
            throws InterruptedException {
        boolean needsCover = spec.share() != ShareDriver.CLONE && spec.git() != GitMode.DIRECT;
        if (needsCover && obstacle.isPresent()) {
            return insteadOfProtected(spec, obstacle.get());
        }
        GitAccess access = of(spec, owner);
        if (access instanceof Own own) {
            for (Submodule each : own.submodules()) {
                if (each instanceof Submodule.Unfit(String path, String why)) {
                    throw impossible(
                            spec.name(), "the submodule `" + Printable.of(path) + "` " + why);
                }
            }
        }
        return access;
    }

    private static GitAccess insteadOfProtected(SandboxSpec spec, String why) {
        return switch (spec.git()) {
            case PROTECTED -> throw impossible(spec.name(), why);
            case AUTO, DIRECT -> new Direct(why);
        };
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

    /// What a person should know who starts a sandbox.
    default Optional<String> warning() {
        return switch (this) {
            case Direct(String why) when why.isEmpty() ->
                    Optional.of("with --git direct, " + OBEYS);
            case Direct(String why) ->
                    Optional.of("--git protected is not possible here: " + why + "; so " + OBEYS);
            case None(String why) -> Optional.of("there is no git inside: " + why);
            case Own _, Cloned _ -> Optional.empty();
        };
    }

    /// One word, as in `--git`.
    default String word() {
        return switch (this) {
            case Direct _ -> GitMode.DIRECT.word();
            case None _ -> "none";
            case Own _, Cloned _ -> GitMode.PROTECTED.word();
        };
    }

    /// Why it is so; a sentence without a full stop.
    default String reason() {
        return switch (this) {
            case Direct(String why) -> why.isEmpty() ? "it was asked for" : why;
            case None(String why) -> why;
            case Own _ -> "the project's .git is out of the guest's reach";
            case Cloned _ -> "the project is not shared, and its .git with it";
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

    /// Another text whenever there may be something [#uncovered].
    default String indexFootprint() {
        if (!(this instanceof Own own)) {
            return "";
        }
        var text = new StringBuilder(own.repository.indexFootprint());
        own.present().forEach(each -> text.append(each.repository().indexFootprint()));
        return text.toString();
    }

    /// A submodule that has come since, printable: whatever git on this host looks for there is in
    /// the guest's reach.
    default Optional<String> uncovered() throws InterruptedException {
        if (!(this instanceof Own own)) {
            return Optional.empty();
        }
        Set<String> covered =
                own.submodules.stream().map(Submodule::path).collect(Collectors.toSet());
        return own.repository.submodules().stream()
                .map(Submodule::path)
                .filter(path -> !covered.contains(path))
                .findFirst()
                .map(Printable::of);
    }

    /// Pins what the guest borrows, and tells it of the host's branches.
    ///
    /// @param config of the connection, as in [GuestRepository]
    default Told follow(SandboxName name, Path config) throws InterruptedException {
        return switch (this) {
            case Direct _, None _ -> new Told(Followed.Kind.DONE, List.of());
            case Own own -> GitNews.pinned(own, name).tell(config, Disk.KEPT);
            case Cloned(HostRepository repository) -> tellClone(repository, name, config);
        };
    }

    private static Told tellClone(HostRepository repository, SandboxName name, Path config)
            throws InterruptedException {
        var sentences = new ArrayList<String>();
        HostState state = GitNews.state(repository, repository.pin(name));
        Followed followed = new Cloning(name, config, repository).follow(state, sentences::add);
        sentences.addAll(GitNews.sentences("", followed));
        return new Told(followed.kind(), sentences);
    }

    static ModuleId id(HostRepository module) {
        return ModuleId.of(module.gitDirectory());
    }

    /// Fetches the guest's commits into `refs/keystone/NAME/`.
    ///
    /// @param limit for all of it
    /// @return sentences that a person should know, without a full stop
    default List<String> fetch(SandboxName name, Path config, Duration limit)
            throws InterruptedException {
        var guest = new GuestRepository(name, config);
        var sentences = new ArrayList<String>();
        if (this instanceof Own own) {
            // What the project's commits refer to comes first.
            for (Submodule.Present each : own.present()) {
                HostRepository module = each.repository();
                Fetched fetched =
                        module.fetch(name, transport(guest.module(id(module)), module, limit));
                sentences.addAll(fetched.words("in `" + Printable.of(each.path()) + "`, "));
            }
        }
        HostRepository repository = own().orElse(null);
        if (repository != null) {
            Fetched fetched = repository.fetch(name, transport(guest, repository, limit));
            sentences.addAll(fetched.words(""));
        }
        return sentences;
    }

    private static Transport transport(
            GuestRepository guest, HostRepository repository, Duration limit) {
        Transport usual = Transport.of(guest.uploadPack());
        long room = Math.max(ALWAYS, ProjectDiskGuard.left(repository.objects()));
        return new Transport(usual.uploadPack(), limit, Math.min(usual.mostBytes(), room));
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
}
