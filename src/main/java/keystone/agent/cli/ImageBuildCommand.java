package keystone.agent.cli;

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
        footer = "keystone-agent image build --update")
final class ImageBuildCommand implements Action {
    @Option(
            names = "--update",
            description =
                    "Take the newest version of every package. Projects' own layers follow at their"
                            + " next `start --fresh`.")
    boolean update;

    @Override
    public int run(Call call) throws InterruptedException {
        Image image;
        try (News news = call.news()) {
            image = call.use().images().build(update ? Versions.NEWEST : Versions.LOCKED, news);
        }
        call.out().println(image.digest().brief());
        return 0;
    }
}
