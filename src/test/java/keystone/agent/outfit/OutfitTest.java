package keystone.agent.outfit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import keystone.agent.model.HomeFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutfitTest {
    @TempDir Path temporary;
    private Path home = Path.of("");

    @BeforeEach
    void moveIn() throws IOException {
        home = Files.createDirectory(temporary.resolve("home"));
    }

    private Path put(String path, String text) throws IOException {
        Path file = home.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.writeString(file, text);
    }

    private Map<String, String> gathered() {
        var found = new TreeMap<String, String>();
        for (HomeFile each : Outfit.of(home).files()) {
            found.put(each.path(), new String(each.content(), UTF_8));
        }
        return found;
    }

    @Test
    void skills_commands_and_memory_go() throws IOException {
        put(".claude/CLAUDE.md", "be brief");
        put(".claude/skills/sums/SKILL.md", "add");
        put(".claude/commands/go.md", "go");
        put(".codex/AGENTS.md", "be brief, too");
        put(".codex/prompts/fix.md", "fix");
        put(".gemini/GEMINI.md", "be brief as well");
        assertThat(put(".claude/skills/sums/add", "#!/bin/sh").toFile().setExecutable(true))
                .isTrue();

        assertThat(gathered())
                .containsOnlyKeys(
                        ".claude/CLAUDE.md",
                        ".claude/commands/go.md",
                        ".claude/skills/sums/SKILL.md",
                        ".claude/skills/sums/add",
                        ".codex/AGENTS.md",
                        ".codex/prompts/fix.md",
                        ".gemini/GEMINI.md");
        assertThat(Outfit.of(home).files())
                .filteredOn(each -> each.path().endsWith("/add"))
                .extracting(HomeFile::mode)
                .containsExactly(0555);
    }

    @Test
    void credentials_histories_and_whatever_nobody_named_stay() throws IOException {
        put(".claude/.credentials.json", "{}");
        put(".claude/history.jsonl", "{}");
        put(".claude/projects/p/1.jsonl", "{}");
        put(".claude/skills/sums/.env", "KEY=1");
        put(".claude/skills/sums/.git/config", "url");
        put(".claude.json", "{}");
        put(".codex/auth.json", "{}");
        put(".gemini/oauth_creds.json", "{}");
        put(".gemini/.env", "KEY=1");

        assertThat(gathered()).isEmpty();
    }

    @Test
    void of_settings_only_the_harmless_ones_go() throws IOException {
        put(
                ".claude/settings.json",
                """
                {"model": "opus", "hooks": {"Stop": []}, "env": {"KEY": "1"},
                 "apiKeyHelper": "pass", "permissions": {"defaultMode": "default"},
                 "statusLine": {"type": "command", "command": "x"}, "verbose": true}
                """);
        put(
                ".codex/config.toml",
                """
                model = "gpt" # the best
                approval_policy = "untrusted"
                notify = ["sh"]
                hide_agent_reasoning = true
                [model_providers.mine]
                model = "other"
                """);
        put(
                ".gemini/settings.json",
                """
                {"ui": {"theme": "Dark", "footer": true}, "mcpServers": {"a": {"command": "x"}},
                 "security": {"auth": {"selectedType": "oauth-personal"}}}
                """);

        assertThat(gathered())
                .containsEntry(
                        ".claude/settings.json",
                        """
                        {
                          "model": "opus",
                          "verbose": true
                        }
                        """)
                .containsEntry(
                        ".codex/config.toml", "model = \"gpt\"\nhide_agent_reasoning = true\n")
                .containsEntry(
                        ".gemini/settings.json",
                        """
                        {
                          "ui": {
                            "theme": "Dark"
                          }
                        }
                        """);
    }

    @Test
    void settings_that_nobody_understands_stay() throws IOException {
        put(".claude/settings.json", "{\"model\": ");

        assertThat(gathered()).isEmpty();
    }

    @Test
    void no_link_is_followed_wherever_it_stands() throws IOException {
        Path secret = Files.createDirectories(temporary.resolve("secret/skills"));
        Files.writeString(secret.resolve("SKILL.md"), "of the host");
        put(".claude/skills/mine/SKILL.md", "mine");
        Files.createSymbolicLink(home.resolve(".claude/CLAUDE.md"), secret.resolve("SKILL.md"));
        Files.createSymbolicLink(home.resolve(".claude/skills/linked"), secret);
        Files.createSymbolicLink(home.resolve(".claude/commands"), secret);
        Files.createSymbolicLink(home.resolve(".gemini"), temporary.resolve("secret"));

        assertThat(gathered()).containsOnlyKeys(".claude/skills/mine/SKILL.md");
        assertThat(Outfit.of(home).leftOut()).isEqualTo(4);
    }

    @Test
    void what_is_too_large_or_too_much_stays() throws IOException {
        put(".claude/CLAUDE.md", "x".repeat((256 << 10) + 1));
        for (int i = 0; i < 40; i++) {
            put(".claude/skills/large/" + i, "x".repeat(256 << 10));
        }

        Outfit outfit = Outfit.of(home);

        assertThat(outfit.files()).hasSize(32);
        assertThat(outfit.leftOut()).isEqualTo(9);
    }
}
