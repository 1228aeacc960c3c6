package keystone.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.config.Configuration;
import keystone.agent.config.Effective;
import keystone.agent.config.Form;
import keystone.agent.config.Key;
import keystone.agent.config.Origin;
import keystone.agent.config.ProjectFile;
import keystone.agent.config.Setting;
import keystone.agent.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Shows what a start without flags would take. A project's file that is not approved has no",
            "effect, and is named at the end."
        },
        footer = "keystone-agent config show --json")
final class ConfigShowCommand implements Action {
    private static final int WIDEST = 40;

    @Parameters(
            arity = "0..1",
            paramLabel = "PROJECT",
            description = "The directory; the project around the current one if left out.")
    @Nullable String project;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) {
        Path directory = ConfigApproveCommand.directory(call, project);
        Configuration configuration = call.configuration();
        ProjectFile file = configuration.projectFile(directory);
        Effective effective =
                switch (file) {
                    case ProjectFile.Usable usable ->
                            configuration.effective(directory, usable, Map.of());
                    case ProjectFile.Unapproved _ -> configuration.withoutProjectFile(directory);
                };
        if (json) {
            call.print(json(effective, file));
            return 0;
        }
        table(effective).lines().forEach(call.out()::println);
        if (file instanceof ProjectFile.Unapproved unapproved) {
            call.out().println();
            call.out().println(unapproved.shownPath() + " is not approved and has no effect");
            call.out().println("fix: " + new Approval(call, configuration).command(directory));
        }
        return 0;
    }

    private static Table table(Effective effective) {
        var table = new Table("SETTING", "VALUE", "FROM");
        for (Key key : Key.values()) {
            List<Setting> settings = effective.of(key);
            for (Setting setting : settings) {
                table.row(
                        key.title(),
                        Screen.fit(Screen.oneLine(setting.text()), WIDEST),
                        setting.origin().where());
            }
            if (settings.isEmpty()) {
                table.row(key.title(), key.fallback().orElse("-"), "default");
            }
        }
        return table;
    }

    private static Json json(Effective effective, ProjectFile file) {
        var settings = Json.object();
        for (Key key : Key.values()) {
            settings.with(key.title(), json(key, effective.of(key)));
        }
        return Json.object().with("settings", settings).with("projectFile", json(file));
    }

    /// One object where there can be one value, an array where there can be several.
    private static Json json(Key key, List<Setting> settings) {
        if (key.form().count() == Form.Count.MANY) {
            return Json.array(settings, s -> value(s.text(), s.origin()));
        }
        var unsaid = new Origin(Origin.Place.DEFAULT, "default");
        return settings.isEmpty()
                ? value(key.fallback().orElse(null), unsaid)
                : value(settings.getFirst().text(), settings.getFirst().origin());
    }

    private static Json value(@Nullable String value, Origin origin) {
        return Json.object()
                .with("value", value)
                .with("origin", origin.place().word())
                .with("where", origin.where());
    }

    private static @Nullable Json json(ProjectFile file) {
        return switch (file) {
            case ProjectFile.Absent _ -> null;
            case ProjectFile.Approved approved ->
                    file(approved.shownPath(), approved.digest().hex(), true);
            case ProjectFile.Unapproved unapproved ->
                    file(unapproved.shownPath(), unapproved.digest().hex(), false);
        };
    }

    private static Json file(String path, String sha256, boolean approved) {
        return Json.object().with("path", path).with("sha256", sha256).with("approved", approved);
    }
}
