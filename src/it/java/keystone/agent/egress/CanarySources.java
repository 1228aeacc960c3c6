package keystone.agent.egress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import keystone.agent.it.Installation;

/// Values in whatever source a secret of a user's can have, but for variables, the project and what
/// is typed.
///
/// @param kept how each begins that the guest gets to know nothing of
/// @param delivered how each begins that it gets
record CanarySources(Installation home, String kept, String delivered) {
    void write(Keyring keyring) throws IOException, InterruptedException {
        keyring.store("acme", kept + "-keyring");
        Path users = home.userHome();
        write(
                users.resolve(".claude/.credentials.json"),
                """
                {"claudeAiOauth": {"accessToken": "%s-claude", "refreshToken": "%s-claude-again",
                 "expiresAt": 4070908800000, "scopes": ["user:inference"], "subscriptionType": "max"}}
                """
                        .formatted(kept, kept));
        write(
                users.resolve(".codex/auth.json"),
                """
                {"tokens": {"access_token": "%s-codex", "refresh_token": "%s-codex-again", "account_id": "acc-1"}}
                """
                        .formatted(kept, kept));
        write(
                users.resolve(".gemini/oauth_creds.json"),
                """
                {"access_token": "%s-gemini", "refresh_token": "%s-gemini-again", "expiry_date": 4070908800000}
                """
                        .formatted(kept, kept));
        write(users.resolve("command.txt"), kept + "-command\n");
        write(users.resolve("file.txt"), base64(kept + "-file") + "\n");
        write(users.resolve("delivered.txt"), delivered + "-file\n");
        write(
                home.root().resolve("config/keystone/agent.toml"),
                """
                [secrets.BY_COMMAND]
                hosts = ["codeberg.org"]
                as = ["header X-Command"]
                command = ["cat", "%1$s/command.txt"]
                [secrets.BY_FILE]
                hosts = ["codeberg.org"]
                as = ["header X-File"]
                file = "%1$s/file.txt"
                encoding = "base64"
                [secrets.BY_KEYRING]
                hosts = ["codeberg.org"]
                as = ["header X-Keyring"]
                keyring = ["service", "acme"]
                [secrets.BY_SESSION]
                hosts = ["codeberg.org"]
                as = ["header X-Session"]
                env = "BY_SESSION"
                [secrets.BY_DELIVERED_FILE]
                hosts = ["codeberg.org"]
                as = ["header X-Delivered"]
                command = ["cat", "%1$s/delivered.txt"]
                """
                        .formatted(users));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
