package keystone.agent.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.Digest;
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
        ImageDetails image = call.use().images().inspect(String.valueOf(digest));
        if (json) {
            call.print(json(image));
            return 0;
        }
        lines(image, call.now()).forEach(call.out()::println);
        return 0;
    }

    private static Json json(ImageDetails image) {
        Digest base = image.base();
        return ImageListCommand.json(image.entry())
                .with("base", base == null ? null : base.hex())
                .with("kernel", image.kernel())
                .with("packages", Json.array(image.packages(), Json::string))
                .with("setup", image.setup());
    }

    private static List<String> lines(ImageDetails image, Instant now) {
        ImageEntry entry = image.entry();
        Digest base = image.base();
        String setup = image.setup();
        String age = Ages.rough(Duration.between(entry.built(), now));
        var lines = new ArrayList<String>();
        lines.add("digest    " + entry.digest());
        lines.add("kind      " + Printable.of(entry.kind()));
        if (base != null) {
            lines.add("over      " + base.brief());
        }
        lines.add("kernel    " + Printable.of(image.kernel()));
        lines.add("size      " + Ages.size(entry.bytes()));
        lines.add("built     " + entry.built() + ", " + age + " ago");
        lines.add("used by   " + ImageListCommand.users(entry));
        lines.add("packages  " + image.packages().size());
        image.packages().forEach(each -> lines.add("  " + Printable.of(each)));
        if (setup != null) {
            lines.add("setup");
            setup.lines().forEach(line -> lines.add("  " + Printable.of(line)));
        }
        return lines;
    }
}
