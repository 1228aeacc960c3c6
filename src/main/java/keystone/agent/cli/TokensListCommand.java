package keystone.agent.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.HostPattern;
import keystone.agent.model.TokenEntry;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Lists the secrets that this host has for sandboxes of the project around the current",
            "directory: where each was found, its last characters, how old its file is, and which running",
            "sandboxes have a placeholder for it. A guest sees none of them: see docs/secrets.md."
        },
        footer = "keystone-agent tokens list")
final class TokensListCommand implements Action {
    @Option(names = "--all", description = "Also those that are nowhere on this host.")
    boolean all;

    @Option(names = "--json", description = "Print a JSON array, of all.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        List<TokenEntry> entries =
                call.use()
                        .tokens()
                        .list(SettingsHere.of(call).secrets(), call.around().directory());
        if (json) {
            call.print(Json.array(entries, TokensListCommand::json));
            return 0;
        }
        List<TokenEntry> shown = entries.stream().filter(this::isShown).toList();
        var table = new Table("SECRET", "SOURCE", "VALUE", "AGE", "FOR", "IN");
        for (TokenEntry entry : shown) {
            table.row(
                    entry.name().value(),
                    Screen.oneLine(entry.problem() == null ? or(entry.source()) : "unreadable"),
                    or(entry.masked()),
                    age(call, entry.changed()),
                    hosts(entry.hosts()),
                    entry.heldBy().isEmpty() ? "-" : String.join(" ", entry.heldBy()));
        }
        if (shown.isEmpty()) {
            call.say(
                    "there are no secrets on this host that sandboxes could use; `keystone-agent tokens"
                            + " set NAME` keeps one, `keystone-agent tokens list --all` names them");
        } else {
            table.lines().forEach(call.out()::println);
        }
        shown.stream()
                .filter(entry -> entry.problem() != null)
                .map(entry -> "warning: " + entry.problem() + "\nfix:     " + or(entry.fix()))
                .distinct()
                .forEach(warning -> warning.lines().map(Screen::oneLine).forEach(call::say));
        return 0;
    }

    private boolean isShown(TokenEntry entry) {
        return all || entry.source() != null || entry.problem() != null;
    }

    private static String or(@Nullable String text) {
        return text == null ? "-" : text;
    }

    private static String age(Call call, @Nullable Instant changed) {
        return changed == null ? "-" : Ages.rough(Duration.between(changed, call.now()));
    }

    private static String hosts(List<HostPattern> hosts) {
        String first = hosts.getFirst().toString();
        return hosts.size() == 1 ? first : first + " +" + (hosts.size() - 1);
    }

    private static Json json(TokenEntry entry) {
        Instant changed = entry.changed();
        return Json.object()
                .with("name", entry.name().value())
                .with("source", entry.source())
                .with("masked", entry.masked())
                .with("changedAt", changed == null ? null : changed.toString())
                .with("hosts", Json.array(entry.hosts(), each -> Json.string(each.toString())))
                .with("heldBy", Json.array(entry.heldBy(), Json::string))
                .with("problem", entry.problem())
                .with("fix", entry.fix());
    }
}
