package keystone.agent.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.config.Configuration;
import keystone.agent.config.DurationText;
import keystone.agent.config.Key;
import keystone.agent.config.ProjectFile;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Settings;
import keystone.agent.model.ShellWord;
import keystone.agent.model.TaskDefaults;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOrder.Limits;
import keystone.agent.model.TaskOrder.Permissions;
import keystone.agent.model.TaskOrder.Where;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.StartRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What `task run` and `task submit` have in common: the flags that say what is wanted.
abstract class TaskAsking implements Action {
    private static final int MOST_REPEATED = 200;

    private static final int LONGEST_INPUT = 2 << 20;

    @Parameters(
            arity = "0..*",
            paramLabel = "PROMPT",
            description = "What is to be done; `-` reads it from standard input.")
    List<String> words = List.of();

    @Option(
            names = "--agent",
            paramLabel = "AGENT",
            description = "Who does it. `shell` runs the prompt as a script, without any model.")
    @Nullable String agent;

    @Option(
            names = "--command",
            paramLabel = "LINE",
            description = "Run this in the guest as the agent; it must speak ACP.")
    @Nullable String command;

    @Option(
            names = "--in",
            paramLabel = "NAME",
            description =
                    "The sandbox; the project's if left out. It is started when it is not up.")
    @Nullable String in;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "Have the agent use this model, by the name that the agent knows.")
    @Nullable String model;

    @Option(
            names = "--prompt-file",
            paramLabel = "FILE",
            description = "Read the prompt from a file.")
    @Nullable Path promptFile;

    @Option(
            names = "--attach",
            paramLabel = "FILE",
            description =
                    "Give the agent this file with the prompt: images are shown to it where it can see."
                            + " May be repeated.")
    List<Path> attached = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "End it when it takes longer, such as 30m; no limit if left out.")
    @Nullable String timeout;

    @Option(
            names = "--stall",
            paramLabel = "TIME",
            description =
                    "Say so when the agent is silent for so long. Default: 10m, or `task.stall`.")
    @Nullable String stall;

    @Option(
            names = "--budget",
            paramLabel = "USD",
            description = "End it when the agent says that it has cost more.")
    @Nullable BigDecimal budget;

    @Option(
            names = "--check",
            paramLabel = "SCRIPT",
            description = "Run this in the guest afterwards: it decides whether the task is done.")
    @Nullable String check;

    @Option(
            names = "--ask",
            description = "Have the agent ask before it does something, as it would on a host.")
    boolean ask;

    @Option(
            names = "--here",
            description = "Work in /workspace instead of on a branch; one such task at a time.")
    boolean here;

    @Option(
            names = "--with-changes",
            description = "Begin with what is not committed in the project.")
    boolean withChanges;

    @Option(names = "--json", description = "Print JSON, one object a line.")
    boolean json;

    /// Starts a sandbox where there is none, and hands the task to it.
    TaskId submit(Call call) throws InterruptedException {
        Optional<SandboxName> known = known(call);
        Path project = project(call, known);
        Settings settings = settings(call, project);
        var order =
                new TaskOrder(
                        agent(settings.agents()),
                        text(call),
                        where(),
                        ask ? Permissions.ASK : Permissions.ALLOW,
                        limits(settings.tasks()),
                        check,
                        new TaskExtras(
                                model,
                                null,
                                settings.tasks().copies(),
                                settings.tasks().notices()));
        List<Path> files = attached.stream().map(call.around().directory()::resolve).toList();
        // A sandbox may take minutes.
        files.forEach(TaskAsking::requireFile);
        return call.use().tasks().submit(sandbox(call, known, project, settings), order, files);
    }

    private static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            String shown = Printable.of(file.toString());
            throw UserError.usage(
                    shown + " cannot be read, or is not a regular file",
                    "ls -l " + ShellWord.quote(shown));
        }
    }

    private AgentSpec agent(AgentChoice choice) {
        AgentSpec chosen = chosen(choice);
        if (model != null && chosen instanceof AgentSpec.Shell) {
            throw UserError.usage("the agent `shell` has no model", "leave --model out");
        }
        return chosen;
    }

    private AgentSpec chosen(AgentChoice choice) {
        if (command != null) {
            if (command.isBlank()) {
                throw UserError.usage("--command is empty", "give it the agent's command line");
            }
            var own = new AgentName(agent == null ? "own" : agent);
            return AgentSpec.Acp.custom(own, List.of("bash", "-c", "exec " + command));
        }
        AgentName name = choice.name();
        if (name == null) {
            throw UserError.usage(
                    "no agent was chosen",
                    "keystone-agent task %s --agent claude %s   # or: codex, gemini, shell"
                            .formatted(verb(), typed()));
        }
        return choice.agents().named(name);
    }

    /// The prompt as it was typed, where it is short enough to be read again.
    private String typed() {
        String again = ShellWord.line(words);
        return words.isEmpty() || again.length() > MOST_REPEATED ? "'PROMPT'" : again;
    }

    /// Which of the commands this is.
    abstract String verb();

    private String text(Call call) {
        String prompt = words.isEmpty() ? null : String.join(" ", words);
        if (prompt != null && promptFile != null) {
            throw UserError.usage(
                    "there are two prompts: one as an argument, one in a file", "leave one out");
        }
        if (promptFile != null) {
            return file(call.around().directory().resolve(promptFile));
        }
        if (prompt == null) {
            throw UserError.usage(
                    "there is no prompt", "say what is to be done, or read it from a file: -");
        }
        return prompt.equals("-") ? input(call) : prompt;
    }

    private static String file(Path file) {
        try {
            if (Files.size(file) > LONGEST_INPUT) {
                throw tooLong();
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException none) {
            throw new UserError(
                    UserError.Kind.USAGE,
                    "there is no file " + Printable.of(file.toString()),
                    "give the file that holds the prompt",
                    none);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + Printable.of(file.toString()), e);
        }
    }

    /// A prompt that comes on standard input.
    static String input(Call call) {
        try {
            byte[] all = call.streams().in().readNBytes(LONGEST_INPUT + 1);
            if (all.length > LONGEST_INPUT) {
                throw tooLong();
            }
            return new String(all, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read standard input", e);
        }
    }

    private static UserError tooLong() {
        return UserError.usage(
                "the prompt is longer than " + (LONGEST_INPUT >> 20) + " MiB",
                "put long text into a file of the project, and name the file");
    }

    private Where where() {
        if (here && withChanges) {
            throw UserError.usage(
                    "with --here the agent sees what is not committed anyway",
                    "leave --with-changes out");
        }
        if (here) {
            return Where.HERE;
        }
        return withChanges ? Where.WORKTREE_WITH_CHANGES : Where.WORKTREE;
    }

    private Limits limits(TaskDefaults usual) {
        Duration asConfigured = usual.stall() == null ? Limits.USUAL_STALL : usual.stall();
        Duration silence = stall == null ? asConfigured : DurationText.parse(stall);
        return new Limits(timeout == null ? null : DurationText.parse(timeout), silence, budget);
    }

    private SandboxName sandbox(
            Call call, Optional<SandboxName> known, Path project, Settings settings)
            throws InterruptedException {
        UseCases.OfSandboxes sandboxes = call.use().sandboxes();
        if (known.isPresent()
                && sandboxes.status(known.get()).state() instanceof SandboxState.Running) {
            return known.get();
        }
        requireBase(call, project);
        var request =
                new StartRequest(project, known.orElse(null), StartRequest.Disk.KEEP, settings);
        try (News news = call.news()) {
            return sandboxes.start(request, news).sandbox().name();
        }
    }

    /// The supervisor would refuse it as well, but only after a start, which may build an image.
    private void requireBase(Call call, Path project) throws InterruptedException {
        if (here) {
            return;
        }
        String obstacle = call.use().tasks().obstacle(project).orElse(null);
        if (obstacle != null) {
            throw UserError.wrongState(
                    "a task cannot have a branch of its own here: " + obstacle,
                    "git init, and commit; or work in the files as they are: keystone-agent task %s --here"
                            .formatted(verb()));
        }
    }

    private static Path project(Call call, Optional<SandboxName> known) {
        UseCases.OfSandboxes sandboxes = call.use().sandboxes();
        return known.map(sandboxes::projectOf)
                .orElseGet(() -> sandboxes.project(call.around().directory()));
    }

    /// What the files say, and `--agent` as `start` would take it.
    private Settings settings(Call call, Path project) throws InterruptedException {
        Configuration configuration = call.configuration();
        ProjectFile.Usable file = new Approval(call, configuration).usable(project);
        Map<Key, List<String>> said =
                agent == null || command != null ? Map.of() : Map.of(Key.AGENT, List.of(agent));
        return configuration.effective(project, file, said).toModel();
    }

    private Optional<SandboxName> known(Call call) {
        try {
            return Optional.of(call.sandbox(in));
        } catch (UserError none) {
            if (in == null && none.kind() == UserError.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw none;
        }
    }
}
