package keystone.agent.cli;

import java.nio.file.Path;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Evaluates the project's devshell on this host, with nix or direnv, and keeps its environment",
            "for the guests of the project, which have it from their next start on. An agent can write the",
            "files that it is evaluated from: this shows them, or what has changed in them, and asks."
        },
        footer = "keystone-agent devshell refresh")
final class DevshellRefreshCommand implements Action {
    @Parameters(
            arity = "0..1",
            paramLabel = "PROJECT",
            description = "The directory; the project around the current one if left out.")
    @Nullable String project;

    @Option(
            names = {"-y", "--yes"},
            description = "Show and approve without asking: for a script that knows the content.")
    boolean yes;

    @Override
    public int run(Call call) throws InterruptedException {
        Path directory = ConfigApproveCommand.directory(call, project);
        DevshellInputs inputs =
                switch (call.use().devshells().look(directory)) {
                    case DevshellStanding.Absent _ -> throw absent();
                    case DevshellStanding.Approved(var approved, _) -> approved;
                    case DevshellStanding.Unapproved standing -> approved(call, standing);
                };
        call.say("evaluating " + inputs.main());
        Devshell captured = call.use().devshells().refresh(directory, inputs);
        call.say(
                "the devshell has %d variables, and needs %d entries of %s; guests have it from their next start on"
                        .formatted(
                                captured.variables().size(),
                                captured.closure().size(),
                                captured.store()));
        return 0;
    }

    static UserError absent() {
        return UserError.notFound(
                "this project describes no devshell: it has no flake.nix, shell.nix, .envrc or devenv.nix",
                "write a flake.nix, shell.nix or .envrc, then: keystone-agent devshell refresh");
    }

    private DevshellInputs approved(Call call, DevshellStanding.Unapproved standing)
            throws InterruptedException {
        if (!yes && !call.streams().canAsk()) {
            throw UserError.usage(
                    "`devshell refresh` asks, and nobody is here",
                    "read "
                            + standing.inputs().main()
                            + " and what it names, then keystone-agent devshell refresh --yes");
        }
        DevshellText.show(standing, call.streams().err());
        if (!yes && !call.prompt().confirms("Evaluate this?")) {
            throw new UserError(
                    UserError.Kind.DECLINED,
                    "the devshell was not approved",
                    "change it, or start with --devshell none");
        }
        return standing.inputs();
    }
}
