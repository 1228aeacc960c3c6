package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import keystone.agent.sandbox.Returning;

/// Says what a test tells it to, and keeps what it was asked.
final class FakeReturning implements UseCases.OfReturning {
    final List<String> calls = new ArrayList<>();
    Returning.Result result =
            new Returning.Result(Returning.Result.Kind.DONE, "`main`: 3 new commits", "");

    @Override
    public Returning.Result sync(SandboxName name, Optional<String> branch, Returning.Reach reach) {
        calls.add("sync " + name + " " + branch.orElse("-") + " " + reach);
        return result;
    }

    @Override
    public GitIdentity identify(SandboxName name, Settings settings) {
        calls.add("identify " + name + " " + settings.identity());
        return GitIdentity.of(new GitIdentity.Person("Ada", "ada@example.org"));
    }

    @Override
    public String diff(SandboxName name, Optional<String> branch, Returning.Form form) {
        calls.add("diff " + name + " " + branch.orElse("-") + " " + form);
        return " a.txt | 1 +\n";
    }
}
