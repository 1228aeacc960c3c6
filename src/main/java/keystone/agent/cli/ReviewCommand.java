package keystone.agent.cli;

import keystone.agent.model.Review;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Shows what changed in the project and in writable directories of --mount since the last",
            "review, or since the sandbox was first started, and above all what this host would run or",
            "obey: git configuration and hooks, build files, editor and agent settings, new programs,",
            "links that lead out. Nothing is run and nothing there is changed. Exit code 20 says that",
            "something needs a look. What was shown counts as reviewed, unless --keep is given; --again",
            "shows it once more."
        },
        footer = {"keystone-agent review", "keystone-agent review --again --all blue"})
final class ReviewCommand implements Action {
    /// Part of the command-line contract.
    private static final int NEEDS_LOOK = 20;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--all", description = "List every change, however many there are.")
    boolean all;

    @Option(names = "--keep", description = "Show it again next time.")
    boolean keep;

    @Option(
            names = "--again",
            description = "Show what the last review showed, and what came since.")
    boolean again;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        SandboxName sandbox = call.sandbox(name);
        if (again) {
            return show(call, call.use().reviews().again(sandbox));
        }
        if (keep) {
            return show(call, ReviewText.glance(call, sandbox));
        }
        var status = new int[1];
        call.use().reviews().review(sandbox, review -> status[0] = show(call, review));
        return status[0];
    }

    private int show(Call call, Review review) {
        var text = new ReviewText(call, all ? ReviewText.Length.WHOLE : ReviewText.Length.SHORT);
        if (json) {
            call.print(ReviewText.json(review));
        } else {
            text.lines(review).forEach(call.out()::println);
        }
        if (call.out().checkError()) {
            throw UserError.failed(
                    "the review could not be printed whole, so it does not count",
                    "keystone-agent review > FILE");
        }
        return review.needsLook() ? NEEDS_LOOK : 0;
    }
}
