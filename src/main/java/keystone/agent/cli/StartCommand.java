package keystone.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import keystone.agent.config.Configuration;
import keystone.agent.config.Form;
import keystone.agent.config.Key;
import keystone.agent.config.ProjectFile;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.StartRequest;
import keystone.agent.sandbox.Started;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Makes the sandbox when the project has none, boots it, waits until it is usable, says what",
            "it shares, and goes into its terminal session. A sandbox that runs already is only gone",
            "into. Ctrl-C ends the waiting; the sandbox goes on starting, and `stop` ends that.",
            "What it is given can also be kept in agent.toml: see `config show`."
        },
        footer = {
            "keystone-agent start",
            "keystone-agent start -d --memory 8g --mount ~/datasets:/data:ro ~/src/blue"
        })
final class StartCommand implements Action {
    /// What the sandbox's record does not hold.
    private static final Set<Key> UNRECORDED =
            EnumSet.of(Key.ENV, Key.DELIVER, Key.IDENTITY, Key.DEVSHELL, Key.AGENT, Key.IMPORT);

    @Parameters(
            arity = "0..1",
            paramLabel = "PROJECT",
            description = "The directory to share; the project around the current one if left out.")
    @Nullable String project;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The sandbox's name; the project directory's if left out.")
    @Nullable String name;

    @Option(
            names = "--fresh",
            description = "Discard the sandbox's disk first: nothing of the old guest stays.")
    boolean fresh;

    @Option(
            names = {"-f", "--force"},
            description = "With --fresh: give up commits that nobody has fetched.")
    boolean force;

    @Option(
            names = {"-d", "--no-attach"},
            description = "Start it only; do not go into it.")
    boolean noAttach;

    @Option(names = "--no-import", description = "The same as --import none.")
    boolean noImport;

    @Option(names = "--json", description = "Print a JSON object as `status` does; do not go in.")
    boolean json;

    private final Map<Key, List<String>> said = new EnumMap<>(Key.class);

    /// The settings' flags come from the table of settings.
    @Override
    public void describe(CommandSpec spec) {
        for (Key key : Key.values()) {
            if (!key.flags().isEmpty()) {
                spec.addOption(option(key));
            }
        }
    }

    private OptionSpec option(Key key) {
        String[] names = key.flags().toArray(String[]::new);
        String usual = key.fallback().map(text -> " Default: " + text + ".").orElse("");
        boolean many = key.form().count() == Form.Count.MANY;
        return OptionSpec.builder(names)
                .paramLabel(key.form().placeholder())
                .description(key.sentence() + (many ? " May be repeated." : "") + usual)
                .arity("1")
                .type(String[].class)
                .setter(new Saying(key))
                .build();
    }

    /// Called anew for each time the flag is given.
    private final class Saying implements ISetter {
        private final Key key;

        Saying(Key key) {
            this.key = key;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals")
        public <T> @Nullable T set(@Nullable T value) {
            if (value != null) {
                said.computeIfAbsent(key, _ -> new ArrayList<>()).addAll(List.of((String[]) value));
            }
            return value;
        }
    }

    @Override
    public int run(Call call) throws InterruptedException {
        if (force && !fresh) {
            throw UserError.usage(
                    "--force has nothing to give up: the disk stays",
                    "leave it out, or say --fresh, too");
        }
        UseCases.OfSandboxes sandboxes = call.use().sandboxes();
        SandboxName chosen = name == null ? null : new SandboxName(name);
        Path directory = directory(call, chosen);
        Settings settings = settings(call, directory);
        Started started;
        try (News news = call.news()) {
            started =
                    sandboxes.start(
                            new StartRequest(
                                    directory,
                                    chosen,
                                    disk(),
                                    settings,
                                    typed(said.keySet()),
                                    typed(UNRECORDED)),
                            news);
        }
        var welcome = new Welcome(call, noAttach ? Welcome.Then.LEAVE : Welcome.Then.ATTACH);
        return json ? welcome.reportJson(started) : welcome.report(started);
    }

    /// As flags that can be pasted, but for values of variables, which may be secrets.
    private List<String> typed(Set<Key> keys) {
        var words = new ArrayList<String>();
        for (Key key : keys) {
            for (String text : said.getOrDefault(key, List.of())) {
                String shown = key == Key.ENV ? text.replaceFirst("=.*", "=VALUE") : text;
                words.add(key.flags().getFirst() + " " + ShellWord.quote(shown));
            }
        }
        return words;
    }

    private StartRequest.Disk disk() {
        if (!fresh) {
            return StartRequest.Disk.KEEP;
        }
        return force ? StartRequest.Disk.FRESH_WHATEVER_IT_HOLDS : StartRequest.Disk.FRESH;
    }

    /// With only a name: the project that the sandbox of that name has.
    private Path directory(Call call, @Nullable SandboxName chosen) {
        if (project != null) {
            return call.around().directory().resolve(Path.of(project)).normalize();
        }
        if (chosen != null) {
            try {
                return call.use().sandboxes().projectOf(chosen);
            } catch (UserError noSuchSandbox) {
                if (noSuchSandbox.kind() != UserError.Kind.NOT_FOUND) {
                    throw noSuchSandbox;
                }
            }
        }
        return call.use().sandboxes().project(call.around().directory());
    }

    private Settings settings(Call call, Path directory) throws InterruptedException {
        if (noImport) {
            said.put(Key.IMPORT, List.of(AgentChoice.Outfit.NONE.word()));
        }
        Configuration configuration = call.configuration();
        ProjectFile.Usable file = new Approval(call, configuration).usable(directory);
        return configuration.effective(directory, file, said).toModel();
    }
}
