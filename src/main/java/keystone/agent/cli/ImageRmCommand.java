package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.ImageEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "An image that a sandbox uses is never removed.",
        footer = "keystone-agent image rm --unused")
final class ImageRmCommand implements Action {
    @Parameters(arity = "0..*", paramLabel = "DIGEST", description = "The images.")
    final List<String> digests = new ArrayList<>();

    @Option(names = "--unused", description = "All that no sandbox uses.")
    boolean unused;

    @Override
    public int run(Call call) throws InterruptedException {
        if (unused != digests.isEmpty()) {
            throw UserError.usage(
                    "name the images to remove, or give --unused",
                    "keystone-agent image rm --unused");
        }
        for (String digest : digests) {
            call.use().images().remove(digest);
            call.say(Printable.of(digest) + " is removed");
        }
        if (unused) {
            List<ImageEntry> removed = call.use().images().removeUnused();
            removed.forEach(image -> call.say(image.digest().brief() + " is removed"));
            if (removed.isEmpty()) {
                call.say("every image is in use");
            }
        }
        return 0;
    }
}
