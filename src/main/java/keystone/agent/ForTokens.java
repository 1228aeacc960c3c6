package keystone.agent;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.cli.UseCases;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.TokenEntry;
import keystone.agent.model.TokenTrial;
import keystone.agent.sandbox.Tokens;

/// The use cases of secrets, in their own words.
record ForTokens(Tokens to) implements UseCases.OfTokens {
    @Override
    public List<TokenEntry> list(List<SecretRef> own, Path directory) throws InterruptedException {
        return to.list(own, directory);
    }

    @Override
    public List<String> set(List<SecretRef> own, SecretName name, String held, Encoding encoding)
            throws InterruptedException {
        return to.set(own, name, held, encoding);
    }

    @Override
    public List<String> remove(SecretName name) throws InterruptedException {
        return to.remove(name);
    }

    @Override
    public TokenTrial test(List<SecretRef> own, SecretName name, Path directory)
            throws InterruptedException {
        return to.test(own, name, directory);
    }
}
