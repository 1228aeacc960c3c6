package keystone.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.TokenEntry;
import keystone.agent.model.TokenTrial;

/// Secrets that exist only in memory, and a record of what was asked.
final class FakeTokens implements UseCases.OfTokens {
    final List<String> calls = new ArrayList<>();
    final List<TokenEntry> entries = new ArrayList<>();
    TokenTrial trial = new TokenTrial(TokenTrial.Outcome.WORKS, "it works");

    @Override
    public List<TokenEntry> list(Path directory) {
        return entries;
    }

    @Override
    public void set(SecretName name, String held, Encoding encoding) {
        calls.add("set %s %s %s".formatted(name, held, encoding));
    }

    @Override
    public void remove(SecretName name) {
        calls.add("rm " + name);
    }

    @Override
    public TokenTrial test(SecretName name, Path directory) {
        calls.add("test " + name);
        return trial;
    }
}
