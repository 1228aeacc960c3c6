package keystone.agent.cli;

import java.time.Duration;
import keystone.agent.model.Printable;
import keystone.agent.sandbox.ImageEntry;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Any beginning of a digest that only one image has will do.",
        footer = "keystone-agent image inspect 3fa9 --json")
final class ImageInspectCommand implements Action {
    @Parameters(index = "0", paramLabel = "DIGEST", description = "The image.")
    @Nullable String digest;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) {
        ImageEntry image = call.use().images().inspect(String.valueOf(digest));
        if (json) {
            call.print(ImageListCommand.json(image));
            return 0;
        }
        String age = Ages.rough(Duration.between(image.built(), call.now()));
        call.out().println("digest   " + image.digest());
        call.out().println("kind     " + Printable.of(image.kind()));
        call.out().println("path     " + Printable.of(image.path().toString()));
        call.out().println("size     " + Ages.size(image.bytes()));
        call.out().println("built    " + image.built() + ", " + age + " ago");
        call.out().println("used by  " + ImageListCommand.users(image));
        return 0;
    }
}
