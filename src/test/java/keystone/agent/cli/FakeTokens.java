package keystone.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.TokenEntry;
import keystone.agent.model.TokenTrial;

/// Secrets that exist only in memory, and a record of what was asked.
final class FakeTokens implements UseCases.OfTokens {
    final List<String> calls = new ArrayList<>();
    final List<TokenEntry> entries = new ArrayList<>();
    TokenTrial trial = new TokenTrial(TokenTrial.Outcome.WORKS, "it works");

    @Override
    public List<TokenEntry> list(List<SecretRef> own, Path directory) {
        return entries;
    }

    @Override
    public List<String> set(List<SecretRef> own, SecretName name, String held, Encoding encoding) {
        calls.add("set %s %s %s".formatted(name, held, encoding));
        return List.of();
    }

    @Override
    public List<String> remove(SecretName name) {
        calls.add("rm " + name);
        return List.of();
    }

    @Override
    public TokenTrial test(List<SecretRef> own, SecretName name, Path directory) {
        calls.add("test " + name);
        return trial;
    }
}
