package keystone.agent.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.Sandboxes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Stops the sandboxes when they run, and removes their disks and everything that was kept for",
            "them. The projects themselves are not touched."
        },
        footer = {"keystone-agent destroy blue", "keystone-agent rm -f blue red"})
final class DestroyCommand implements Action {
    @Parameters(arity = "0..*", paramLabel = "NAME", description = "The sandboxes.")
    final List<String> names = new ArrayList<>();

    @Option(
            names = {"-f", "--force"},
            description = "Do not ask, and give up commits that nobody has fetched.")
    boolean force;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask; sandboxes with unfetched commits are kept.")
    boolean yes;

    @Override
    public int run(Call call) throws InterruptedException {
        var sandboxes = new LinkedHashSet<SandboxName>();
        if (names.isEmpty()) {
            sandboxes.add(call.sandbox(null));
        }
        // All of them first: a name that does not exist must not come up half-way.
        names.forEach(name -> sandboxes.add(call.sandbox(name)));
        String listed =
                sandboxes.stream().map(SandboxName::value).collect(Collectors.joining(", "));
        sandboxes.forEach(each -> ReviewText.remindForTheLastTime(call, each));
        if (!force && !yes) {
            ask(call, listed);
        }
        for (SandboxName sandbox : sandboxes) {
            try (News news = call.news()) {
                news.at("removing " + sandbox);
                call.use().sandboxes().destroy(sandbox, unfetched());
            }
            call.say(sandbox + " is removed");
        }
        return 0;
    }

    private Sandboxes.Unfetched unfetched() {
        return force ? Sandboxes.Unfetched.GIVEN_UP : Sandboxes.Unfetched.KEPT;
    }

    private static void ask(Call call, String listed) throws InterruptedException {
        String again = "keystone-agent destroy -y " + listed.replace(",", "");
        if (!call.streams().canAsk()) {
            throw UserError.usage("`destroy` asks before it removes, and nobody is here", again);
        }
        if (!call.prompt().confirms("Remove " + listed + " and everything inside?")) {
            throw new UserError(UserError.Kind.DECLINED, "nothing was removed", again);
        }
    }
}
