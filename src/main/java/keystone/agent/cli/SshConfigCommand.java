package keystone.agent.cli;

import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.Alias;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Each sandbox is a `Host ks-NAME` for your own ssh, and so for your editor, git, rsync and sftp;",
            "a connection to one that is stopped starts it. This prints the blocks, and --install has your",
            "ssh read them: one Include line at the top of ~/.ssh/config, which --uninstall takes away.",
            "See docs/editors.md."
        },
        footer = {"keystone-agent ssh-config --install", "keystone-agent ssh-config blue"})
final class SshConfigCommand implements Action {
    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "The sandbox whose block is printed; all of them if left out.")
    @Nullable String name;

    @Option(names = "--install", description = "Add the Include line to ~/.ssh/config.")
    boolean install;

    @Option(names = "--uninstall", description = "Take it away.")
    boolean uninstall;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) {
        UseCases.OfEditors editors = call.use().editors();
        if (install && uninstall) {
            throw UserError.usage(
                    "--install and --uninstall exclude each other", "choose one of them");
        }
        List<Alias> aliases =
                name == null ? editors.aliases() : List.of(editors.alias(call.sandbox(name)));
        if (install) {
            install(call);
        } else if (uninstall) {
            uninstall(call);
        }
        if (json) {
            call.print(json(editors, aliases));
        } else if (!install && !uninstall) {
            aliases.forEach(each -> call.out().print(Printable.lines(each.block())));
            if (!editors.isInstalled()) {
                call.say("your ssh does not read this yet: keystone-agent ssh-config --install");
            }
        }
        return 0;
    }

    /// For whoever has been asked and has said yes.
    static void install(Call call) {
        UseCases.OfEditors editors = call.use().editors();
        String config = Printable.of(editors.userConfig().toString());
        if (editors.install()) {
            call.say("added to the top of " + config + ": " + editors.include());
        } else {
            call.say(config + " includes the sandboxes already");
        }
    }

    private static void uninstall(Call call) {
        UseCases.OfEditors editors = call.use().editors();
        String config = Printable.of(editors.userConfig().toString());
        call.say(
                editors.uninstall()
                        ? "taken out of " + config
                        : config + " does not include the sandboxes");
    }

    private static Json json(UseCases.OfEditors editors, List<Alias> aliases) {
        return Json.object()
                .with("installed", editors.isInstalled())
                .with("userConfig", editors.userConfig().toString())
                .with("include", editors.include())
                .with("hosts", Json.array(aliases, SshConfigCommand::json));
    }

    private static Json json(Alias alias) {
        return Json.object()
                .with("name", alias.name().value())
                .with("alias", alias.host())
                .with("file", alias.file().toString());
    }
}
