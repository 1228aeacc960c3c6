package keystone.agent.cli;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.json.Json;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.OpenRequest;
import keystone.agent.sandbox.Opening;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Opens the guest's project in your editor, over ssh; a sandbox that is stopped is started. In a",
            "shared tree Neovim opens this host's own files, and so does every editor with --host. Without",
            "--editor it is $KEYSTONE_AGENT_EDITOR, $VISUAL or $EDITOR, else the first that is in PATH."
        },
        footer = {
            "keystone-agent open",
            "keystone-agent open --editor zed src/main.rs:12",
            "keystone-agent open blue --print"
        })
final class OpenCommand implements Action {
    /// A file, a line, a column that not every editor takes.
    private static final Pattern PLACE = Pattern.compile("(.+?)(?::(\\d{1,9}))?(?::\\d{1,9})?");

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PATH[:LINE]",
            description = "What to open, here or in the guest; the project if left out.")
    @Nullable String path;

    @Option(
            names = "--editor",
            paramLabel = "code|code-insiders|codium|cursor|windsurf|zed|nvim|emacs|jetbrains",
            description = "Which, or the path of its program.")
    @Nullable String editor;

    @Option(names = "--host", description = "Open this host's own files; only in shared trees.")
    boolean host;

    @Option(names = "--print", description = "Print the address and the command; start nothing.")
    boolean print;

    @Option(names = "--json", description = "Print a JSON object; start nothing.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        takeNameForPath(call);
        SandboxName sandbox = call.sandbox(name);
        Opening opening = call.use().editors().plan(sandbox, request(call));
        if (json) {
            call.print(json(opening));
            return 0;
        }
        if (print) {
            print(call, opening);
            return 0;
        }
        if (opening.alias() != null) {
            requireAlias(call);
            StartIfStopped.start(call, sandbox);
        }
        call.out().flush();
        call.streams().err().flush();
        call.use().editors().launch(opening);
        return 0;
    }

    /// The one word there is may be either; a sandbox's name is one of those that there are.
    private void takeNameForPath(Call call) {
        String word = name;
        if (word == null || path != null) {
            return;
        }
        boolean isSandbox =
                SandboxName.isValid(word) && exists(call.use().sandboxes(), new SandboxName(word));
        if (!isSandbox) {
            path = word;
            name = null;
        }
    }

    private static boolean exists(UseCases.OfSandboxes sandboxes, SandboxName name) {
        try {
            var _ = sandboxes.projectOf(name);
            return true;
        } catch (UserError no) {
            return no.kind() != UserError.Kind.NOT_FOUND;
        }
    }

    private OpenRequest request(Call call) {
        String file = path;
        int line = 0;
        if (file != null) {
            Matcher place = PLACE.matcher(file);
            if (place.matches() && !isName(call.around().directory(), file, place.group(1))) {
                file = place.group(1);
                line = place.group(2) == null ? 0 : Integer.parseInt(place.group(2));
            }
        }
        return new OpenRequest(
                editor,
                host ? OpenRequest.Side.HOST : OpenRequest.Side.USUAL,
                file,
                line,
                call.around().directory());
    }

    /// A file may be called `notes:12`. Where there is a `notes`, too, that one's line is meant.
    private static boolean isName(Path directory, String whole, String before) {
        return isThere(directory.resolve(whole)) && !isThere(directory.resolve(before));
    }

    private static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static void print(Call call, Opening opening) {
        String address = opening.address();
        if (address != null) {
            call.out().println(address);
        }
        call.out().println(ShellWord.line(opening.command()));
        if (opening.alias() != null && !call.use().editors().isInstalled()) {
            call.say("your ssh does not know the sandbox yet: keystone-agent ssh-config --install");
        }
    }

    private static Json json(Opening opening) {
        return Json.object()
                .with("editor", opening.editor())
                .with("alias", opening.alias())
                .with("path", opening.path())
                .with("url", opening.address())
                .with("command", Json.array(opening.command(), Json::string));
    }

    /// The editor's ssh reads the user's config, which nobody changes unasked.
    private static void requireAlias(Call call) throws InterruptedException {
        UseCases.OfEditors editors = call.use().editors();
        if (editors.isInstalled()) {
            return;
        }
        String fix = "keystone-agent ssh-config --install";
        if (!call.streams().canAsk()) {
            throw UserError.wrongState(
                    "your ssh, which the editor uses, does not know the sandboxes yet", fix);
        }
        String question =
                "The editor's ssh needs one line at the top of %s: %s. Add it?"
                        .formatted(editors.userConfig(), editors.include());
        if (!call.prompt().confirms(question)) {
            throw new UserError(UserError.Kind.DECLINED, "nothing was opened", fix);
        }
        SshConfigCommand.install(call);
    }
}
