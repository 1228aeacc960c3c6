package keystone.agent.cli;

import keystone.agent.json.Json;
import keystone.agent.model.Image;
import keystone.agent.sandbox.SandboxImages.Versions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Builds the image that new sandboxes get, from the package versions of the last build, or",
            "from the newest. Sandboxes that exist keep theirs until `start --fresh`. Does nothing when",
            "nothing has changed."
        },
        footer = {"keystone-agent image build --update", "keystone-agent image build --agents"})
final class ImageBuildCommand implements Action {
    @Option(
            names = "--update",
            description =
                    "Take the newest version of every package. Projects' own layers follow at their"
                            + " next `start --fresh`.")
    boolean update;

    @Option(
            names = "--agents",
            description =
                    "Build the agents layer as well, which otherwise the first `start --agent` does.")
    boolean agents;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        Image image;
        try (News news = call.news()) {
            Versions versions = update ? Versions.NEWEST : Versions.LOCKED;
            UseCases.OfImages images = call.use().images();
            image = agents ? images.buildAgents(versions, news) : images.build(versions, news);
        }
        if (json) {
            call.print(Json.object().with("digest", image.digest().hex()));
            return 0;
        }
        call.out().println(image.digest().brief());
        return 0;
    }
}
