package keystone.agent.cli;

import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.CopyRequest;
import keystone.agent.sandbox.CopyRequest.CopyEnd;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Copies a file or a whole directory. One side is in a sandbox, written NAME:PATH, or :PATH",
            "for the sandbox of the project around the current directory. A file here whose name has a",
            "colon is written ./a:b."
        },
        footer = {
            "keystone-agent cp blue:/tmp/report.html .",
            "keystone-agent cp ./fixtures :/workspace/"
        })
final class CpCommand implements Action {
    @Parameters(index = "0", paramLabel = "SRC", description = "What to copy.")
    @Nullable String source;

    @Parameters(index = "1", paramLabel = "DST", description = "Where to.")
    @Nullable String target;

    @Override
    public int run(Call call) throws InterruptedException {
        CopyEnd from = end(call, String.valueOf(source));
        CopyEnd to = end(call, String.valueOf(target));
        if ((from.sandbox() == null) == (to.sandbox() == null)) {
            throw UserError.usage(
                    "exactly one side of a copy is in a sandbox",
                    "keystone-agent cp FILE NAME:PATH, or cp NAME:PATH FILE");
        }
        try (News news = call.news()) {
            call.use().sessions().copy(new CopyRequest(from, to)).forEach(news::notice);
        }
        return 0;
    }

    private static CopyEnd end(Call call, String text) {
        int colon = text.indexOf(':');
        String before = text.substring(0, Math.max(colon, 0));
        boolean inside = colon == 0 || SandboxName.isValid(before);
        if (text.isEmpty()) {
            // It would stand for the current directory, with the `.git` and `.env` that guests do
            // not see.
            throw UserError.usage(
                    "`` names no file or directory", "name one; the current directory is `.`");
        }
        if (!inside) {
            return new CopyEnd(null, text);
        }
        String path = text.substring(colon + 1);
        if (path.isEmpty()) {
            throw UserError.usage(
                    "`" + before + ":` names no path", "name one, such as " + before + ":/tmp/");
        }
        return new CopyEnd(call.sandbox(before.isEmpty() ? null : before), path);
    }
}
