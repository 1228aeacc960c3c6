package keystone.agent.cli;

import java.time.Duration;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.sandbox.ImageEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = "A base is what every guest has; a layer is what one project adds.",
        footer = "keystone-agent image list --json")
final class ImageListCommand implements Action {
    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public int run(Call call) {
        List<ImageEntry> images = call.use().images().list();
        if (json) {
            call.print(Json.array(images, ImageListCommand::json));
            return 0;
        }
        if (images.isEmpty()) {
            call.say("there are no images yet; `keystone-agent image build` makes one");
            return 0;
        }
        var table = new Table("DIGEST", "KIND", "SIZE", "AGE", "USED BY");
        for (ImageEntry image : images) {
            table.row(
                    image.digest().brief(),
                    Printable.of(image.kind()),
                    Ages.size(image.bytes()),
                    Ages.rough(Duration.between(image.built(), call.now())),
                    users(image));
        }
        table.lines().forEach(call.out()::println);
        return 0;
    }

    static String users(ImageEntry image) {
        return image.usedBy().isEmpty()
                ? "-"
                : String.join(", ", image.usedBy().stream().map(SandboxName::value).toList());
    }

    static Json.Obj json(ImageEntry image) {
        return Json.object()
                .with("digest", image.digest().hex())
                .with("kind", image.kind())
                .with("bytes", image.bytes())
                .with("built", image.built().toString())
                .with("usedBy", Json.array(image.usedBy(), name -> Json.string(name.value())));
    }
}
