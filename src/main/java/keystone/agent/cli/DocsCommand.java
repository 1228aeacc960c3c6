package keystone.agent.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import keystone.agent.config.ReferencePage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Writes cli.md and config.md from what the program itself knows.",
        footer = "keystone-agent docs docs")
final class DocsCommand implements Action {
    @Parameters(index = "0", paramLabel = "DIRECTORY", description = "Where to write.")
    @Nullable String directory;

    @Option(names = "--man", description = "Write the manual pages for man(1) instead.")
    boolean man;

    @Override
    public int run(Call call) {
        Path into = call.around().directory().resolve(String.valueOf(directory));
        Map<String, String> pages =
                man
                        ? new ManPages(call.around().program().get().version()).all()
                        : Map.of(
                                "cli.md", CommandPage.markdown(),
                                "config.md", ReferencePage.markdown());
        try {
            Files.createDirectories(into);
            for (Map.Entry<String, String> page : pages.entrySet()) {
                Files.writeString(into.resolve(page.getKey()), page.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + into, e);
        }
        return 0;
    }
}
