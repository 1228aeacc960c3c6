package keystone.agent.guest;

import keystone.agent.model.GitIdentity;
import keystone.agent.model.GitIdentity.Person;
import org.jspecify.annotations.Nullable;

/// What the guest's `/etc/gitconfig` includes: who commits there, that nothing is signed, as the
/// keys stay on the host, and who asks GitHub (git-config(1)).
final class GitConfiguration {
    private static final String UNSIGNED =
            "[commit]\n\tgpgSign = false\n[tag]\n\tgpgSign = false\n";

    /// Over https git is who the guest's GitHub token says, which may be a placeholder; see room
    /// `egress`.
    private static final String FORGE =
            """
            [credential "https://github.com"]
            \thelper = "!f() { test \\"$1\\" = get && test -n \\"$GH_TOKEN\\" && echo username=x-access-token && echo \\"password=$GH_TOKEN\\"; }; f"
            """;

    private static final String ALWAYS = UNSIGNED + FORGE;

    private GitConfiguration() {}

    /// Names nobody when nobody is known.
    static String of(@Nullable GitIdentity identity) {
        return identity == null ? ALWAYS : who(identity) + ALWAYS;
    }

    private static String who(GitIdentity identity) {
        return identity.author().equals(identity.committer())
                ? section("user", identity.author())
                : section("author", identity.author()) + section("committer", identity.committer());
    }

    private static String section(String name, Person person) {
        return "[%s]\n\tname = %s\n\temail = %s\n"
                .formatted(name, quoted(person.name()), quoted(person.email()));
    }

    private static String quoted(String value) {
        String escaped =
                value.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t");
        return '"' + escaped + '"';
    }
}
