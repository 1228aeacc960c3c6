package keystone.agent.cli;

import java.util.Locale;
import keystone.agent.json.Json;
import keystone.agent.model.SecretName;
import keystone.agent.model.TokenTrial;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Reads a secret from its source and makes one real request to its server, which only",
            "looks and costs nothing. The exit code is 0 when the server takes it, else 1."
        },
        footer = "keystone-agent tokens test ANTHROPIC_API_KEY")
final class TokensTestCommand implements Action {
    @Parameters(index = "0", paramLabel = "NAME", description = "The secret.")
    String name = "";

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        var secret = new SecretName(name);
        TokenTrial trial =
                call.use()
                        .tokens()
                        .test(SettingsHere.of(call).secrets(), secret, call.around().directory());
        if (json) {
            call.print(
                    Json.object()
                            .with("name", secret.value())
                            .with("outcome", trial.outcome().name().toLowerCase(Locale.ROOT))
                            .with("sentence", trial.sentence()));
        } else {
            call.out().println(Screen.oneLine(trial.sentence()));
        }
        return switch (trial.outcome()) {
            case WORKS -> 0;
            case REFUSED, UNCLEAR -> 1;
        };
    }
}
