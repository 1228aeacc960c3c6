package keystone.agent.outfit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import keystone.agent.model.HomeFile;

/// What a guest gets of the user's set-up of their agents.
///
/// Everything is on a list here: a file or a setting that it does not name stays on the host,
/// whatever newer agents may keep beside it.
public final class Outfit {
    private static final List<Part> PARTS =
            List.of(
                    new Part(
                            ".claude",
                            List.of("CLAUDE.md"),
                            List.of("skills", "commands", "agents", "output-styles"),
                            new Settings.JsonFile(
                                    "settings.json",
                                    Set.of(
                                            "model",
                                            "language",
                                            "outputStyle",
                                            "theme",
                                            "effortLevel",
                                            "alwaysThinkingEnabled",
                                            "includeCoAuthoredBy",
                                            "verbose",
                                            "spinnerTipsEnabled",
                                            "autoCompactEnabled",
                                            "editorMode",
                                            "prefersReducedMotion"))),
                    new Part(
                            ".codex",
                            List.of("AGENTS.md"),
                            List.of("prompts", "skills"),
                            new Settings.TomlLines(
                                    "config.toml",
                                    Set.of(
                                            "model",
                                            "model_reasoning_effort",
                                            "model_reasoning_summary",
                                            "model_verbosity",
                                            "personality",
                                            "hide_agent_reasoning",
                                            "show_raw_agent_reasoning",
                                            "project_doc_max_bytes"))),
                    new Part(
                            ".gemini",
                            List.of("GEMINI.md"),
                            List.of("commands", "skills", "agents"),
                            new Settings.JsonFile(
                                    "settings.json",
                                    Set.of(
                                            "model.name",
                                            "ui.theme",
                                            "general.vimMode",
                                            "context.fileName"))));

    /// One agent's directory in a home.
    private record Part(
            String directory, List<String> files, List<String> trees, Settings settings) {}

    private final Gathering gathering = new Gathering();

    private Outfit() {}

    /// Gathers it.
    ///
    /// @param home the user's, on this host
    public static Outfit of(Path home) {
        var outfit = new Outfit();
        for (Part part : PARTS) {
            outfit.take(home, part);
        }
        return outfit;
    }

    private void take(Path home, Part part) {
        try {
            Path directory = home.toRealPath().resolve(part.directory());
            gathering.read(directory, part.directory() + "/", part.files(), part.trees());
            gathering
                    .text(directory, part.settings().file())
                    .map(part.settings()::allowed)
                    .filter(text -> !text.isEmpty())
                    .ifPresent(
                            text ->
                                    gathering.add(
                                            part.directory() + "/" + part.settings().file(), text));
        } catch (IOException notThere) {
            // Who has none of an agent has no set-up of it. A link is not followed, but told of.
            if (Files.isSymbolicLink(home.resolve(part.directory()))) {
                gathering.leaveOut();
            }
        }
    }

    public List<HomeFile> files() {
        return gathering.files();
    }

    /// How many files were left out, because they are links, too large, too many or cannot be
    /// read.
    public int leftOut() {
        return gathering.leftOut();
    }
}
