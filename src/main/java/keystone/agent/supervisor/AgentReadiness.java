package keystone.agent.supervisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.guest.Guest;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Whether a guest has what an agent needs: its program, and something to log in to its model with.
/// An agent that lacks either would fail late, and some of them without a word.
final class AgentReadiness {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int NO_PROGRAM = 3;
    private static final int NO_CREDENTIAL = 4;

    /// The program, then names of variables any one of which will do; none when none is needed. A
    /// login shell has what every session has.
    private static final String LOOK =
            """
            command -v -- "$1" >/dev/null || exit 3
            shift
            [ $# = 0 ] && exit 0
            for name; do [ -n "${!name-}" ] && exit 0; done
            exit 4
            """;

    private final SandboxName sandbox;
    private final Guest guest;
    private final @Nullable Egress egress;

    AgentReadiness(SandboxName sandbox, Guest guest, @Nullable Egress egress) {
        this.sandbox = sandbox;
        this.guest = guest;
        this.egress = egress;
    }

    /// @throws UserError when it cannot work
    void require(AgentSpec agent) throws InterruptedException {
        if (agent instanceof AgentSpec.Acp acp) {
            var look = new ArrayList<>(List.of("bash", "-lc", LOOK, "look"));
            look.add(acp.command().getFirst());
            if (!hasPlaceholder(acp)) {
                look.addAll(acp.credentials());
            }
            switch (guest.run(look, LIMIT).status()) {
                case NO_PROGRAM -> throw noProgram(acp);
                case NO_CREDENTIAL -> throw noCredential(acp);
                default -> {}
            }
        }
    }

    private boolean hasPlaceholder(AgentSpec.Acp agent) {
        if (egress == null) {
            return false;
        }
        List<String> held = egress.secrets().facts().placeholders();
        return agent.credentials().stream().anyMatch(held::contains)
                || KnownSecrets.ofLogIn(agent.name())
                        .filter(secret -> held.contains(secret.value()))
                        .isPresent();
    }

    private UserError noProgram(AgentSpec.Acp agent) {
        String program = agent.command().getFirst();
        return switch (agent.origin()) {
            case LAYER ->
                    UserError.wrongState(
                            "the disk of `%s` was made without the agents, so there is no `%s` in it"
                                    .formatted(sandbox, agent.name()),
                            "keystone-agent stop %s && keystone-agent start --fresh --agent %s --name %s"
                                    .formatted(sandbox, agent.name(), sandbox));
            case GUEST ->
                    UserError.wrongState(
                            "the guest of `%s` has no program `%s`"
                                    .formatted(sandbox, Printable.of(program)),
                            "install it there, best by [image] in .keystone/agent.toml");
        };
    }

    private UserError noCredential(AgentSpec.Acp agent) {
        return UserError.wrongState(
                "there is nothing that `%s` could log in to its model with".formatted(agent.name()),
                "keystone-agent tokens set " + agent.credentials().getFirst());
    }
}
