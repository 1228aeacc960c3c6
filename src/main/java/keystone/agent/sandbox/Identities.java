package keystone.agent.sandbox;

import java.util.Optional;
import keystone.agent.git.HostIdentity;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.GitIdentity.Person;
import keystone.agent.model.IdentityChoice;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Settings;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.supervisor.SupervisorClient;
import org.jspecify.annotations.Nullable;

/// Who commits in a sandbox.
final class Identities {
    private static final String GIVE_ONE =
            "git config --global user.name NAME && git config --global user.email EMAIL";

    /// What a start says when nobody is known.
    static final String MISSING =
            "git on this host knows no name to commit under, so neither does the guest's. To give it"
                    + " one: "
                    + GIVE_ONE
                    + " && keystone-agent sync --git";

    private Identities() {}

    /// Whose commits they are to be.
    ///
    /// @param choice null when nobody chose
    /// @return empty when git on this host knows nobody
    static Optional<GitIdentity> of(SandboxSpec spec, @Nullable IdentityChoice choice)
            throws InterruptedException {
        return switch (choice) {
            case null -> HostIdentity.in(spec.project());
            case IdentityChoice.Host _ -> HostIdentity.in(spec.project());
            case IdentityChoice.Agent _ -> Optional.of(GitIdentity.of(agent(spec.name())));
            case IdentityChoice.Fixed(Person person) -> Optional.of(GitIdentity.of(person));
        };
    }

    /// An address that can be nobody's (RFC 2606).
    private static Person agent(SandboxName name) {
        return new Person(name + " (agent)", name + "@keystone-agent.invalid");
    }

    /// Tells the running guest.
    ///
    /// @return who it is now
    /// @throws UserError when nobody is known, or it does not run
    static GitIdentity apply(SandboxDir dir, Settings settings) throws InterruptedException {
        SandboxName name = dir.name();
        if (!(Observer.ofThisHost().observe(dir).state() instanceof SandboxState.Running)) {
            throw UserError.wrongState(
                    "`" + name + "` does not run; its next start looks by itself",
                    "keystone-agent start --name " + name);
        }
        GitIdentity identity =
                of(dir.spec(), settings.identity())
                        .orElseThrow(
                                () ->
                                        UserError.failed(
                                                "git on this host knows no name to commit under",
                                                GIVE_ONE));
        try (SupervisorClient supervisor =
                SupervisorClient.connect(dir, SupervisorClient.Listener.none())
                        .orElseThrow(
                                () ->
                                        UserError.wrongState(
                                                "`" + name + "` is gone", "keystone-agent list"))) {
            supervisor.identify(identity);
        }
        return identity;
    }
}
