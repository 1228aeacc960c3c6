package keystone.agent.cli;

import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Keeps a secret in a file of yours on this host (0600), where no guest can read it. It",
            "goes before every other source, and counts at once for sandboxes that run. The value is",
            "asked for without showing it, or read from standard input; never on a command line."
        },
        footer = {
            "keystone-agent tokens set ANTHROPIC_API_KEY",
            "keystone-agent tokens set OPENAI_API_KEY <key.txt"
        })
final class TokensSetCommand implements Action {
    @Parameters(index = "0", paramLabel = "NAME", description = "The secret, as its variable.")
    String name = "";

    /// Only to refuse it without repeating it.
    @Parameters(
            index = "1",
            arity = "0..1",
            hidden = true,
            description = "Never: a value on a command line is refused.")
    @Nullable String value;

    @Option(
            names = "--encoding",
            paramLabel = "plain|base64",
            description = "How the value is given; plain unless said.")
    String encoding = "plain";

    @Override
    public int run(Call call) throws InterruptedException {
        var secret = new SecretName(name);
        if (value != null) {
            throw UserError.usage(
                    "a value on a command line can be seen by others, and stays in your shell's"
                            + " history: replace this value at its provider",
                    "keystone-agent tokens set " + secret + "   # asks for the value");
        }
        Encoding how = encoding();
        String held = new HiddenInput(call.streams()).read("Value of " + secret + ": ");
        call.use()
                .tokens()
                .set(SettingsHere.of(call).secrets(), secret, held, how)
                .forEach(each -> call.say("warning: " + Screen.oneLine(each)));
        call.out().println(secret + " is kept on this host");
        return 0;
    }

    private Encoding encoding() {
        return switch (encoding) {
            case "plain" -> Encoding.PLAIN;
            case "base64" -> Encoding.BASE64;
            default ->
                    throw UserError.usage(
                            "--encoding is `plain` or `base64`", "leave it out for a plain value");
        };
    }
}
