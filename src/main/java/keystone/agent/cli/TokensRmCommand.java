package keystone.agent.cli;

import keystone.agent.model.SecretName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Forgets what `tokens set` was given; running sandboxes can use it no more. What other",
            "sources have, such as a variable, stays."
        },
        footer = "keystone-agent tokens rm ANTHROPIC_API_KEY")
final class TokensRmCommand implements Action {
    @Parameters(index = "0", paramLabel = "NAME", description = "The secret.")
    String name = "";

    @Override
    public int run(Call call) throws InterruptedException {
        var secret = new SecretName(name);
        call.use()
                .tokens()
                .remove(secret)
                .forEach(each -> call.say("warning: " + Screen.oneLine(each)));
        call.out().println(secret + " is forgotten");
        return 0;
    }
}
