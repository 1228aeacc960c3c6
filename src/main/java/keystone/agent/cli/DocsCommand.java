package keystone.agent.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.config.ReferencePage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "Writes cli.md and config.md from what the program itself knows.",
        footer = "keystone-agent docs docs")
final class DocsCommand implements Action {
    @Parameters(index = "0", paramLabel = "DIRECTORY", description = "Where to write.")
    @Nullable String directory;

    @Override
    public int run(Call call) {
        Path into = call.around().directory().resolve(String.valueOf(directory));
        try {
            Files.createDirectories(into);
            Files.writeString(into.resolve("cli.md"), CommandPage.markdown());
            Files.writeString(into.resolve("config.md"), ReferencePage.markdown());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + into, e);
        }
        return 0;
    }
}
