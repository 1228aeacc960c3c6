package keystone.agent.git;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.GitIdentity.Person;
import keystone.agent.process.Command;

/// Whom git on this host would name in a commit, in its own words: conditional includes, the
/// configuration of a worktree and the environment of this process count.
///
/// `git var` runs nothing that a configuration names, so that it is also safe where a guest could
/// write one; a pipe in the place of an included file only makes it wait.
public final class HostIdentity {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Pattern IDENT = Pattern.compile("(.+) <(.+)> \\d+ [+-]\\d{4}");
    private static final Path ANYWHERE = Path.of("/");

    private HostIdentity() {}

    /// Empty when git would refuse to commit there for want of a name.
    public static Optional<GitIdentity> in(Path project) throws InterruptedException {
        return in(project, Map.of());
    }

    /// The same with more in the environment.
    static Optional<GitIdentity> in(Path project, Map<String, String> environment)
            throws InterruptedException {
        var git = new Command(List.of(AsOwner.located("git"), "var"), environment, project);
        Optional<GitIdentity> here = ask(git);
        // Git looks at no repository of another user's (`safe.directory`).
        return here.isPresent() ? here : ask(git.in(ANYWHERE));
    }

    private static Optional<GitIdentity> ask(Command git) throws InterruptedException {
        Optional<Person> author = answer(git.with("GIT_AUTHOR_IDENT"));
        Optional<Person> committer =
                author.isEmpty() ? author : answer(git.with("GIT_COMMITTER_IDENT"));
        return committer.map(each -> new GitIdentity(author.orElseThrow(), each));
    }

    private static Optional<Person> answer(Command asking) throws InterruptedException {
        try {
            Command.Finished said = asking.run(LIMIT);
            Matcher ident = IDENT.matcher(said.output().strip());
            return said.ok() && ident.matches()
                    ? Optional.of(new Person(ident.group(1), ident.group(2)))
                    : Optional.empty();
        } catch (Command.TookTooLong waits) {
            return Optional.empty();
        }
    }
}
