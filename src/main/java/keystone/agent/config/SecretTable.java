package keystone.agent.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import keystone.agent.config.Origin.Place;
import keystone.agent.model.HostPattern;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.PlaceholderShape;
import keystone.agent.model.Printable;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretPlace;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.model.UserError;

/// A secret of the user's own, as a table `[secrets.NAME]` says it.
///
/// @param home for paths that begin with `~/`
record SecretTable(Place place, Path home) {
    private static final Set<String> MEMBERS =
            Set.of("hosts", "as", "env", "file", "command", "keyring", "encoding");
    private static final int USUAL_LENGTH = 40;

    SecretRef read(String name, Map<String, Object> members) {
        var secret = new SecretName(name);
        requireFromProject(secret, members);
        for (String member : members.keySet()) {
            if (!MEMBERS.contains(member)) {
                throw UserError.usage(
                        "a secret has no `" + Printable.of(member) + "`",
                        "use hosts, as, encoding, and one of env, file, command and keyring");
            }
        }
        return new SecretRef(
                secret,
                sources(secret, members),
                encoding(members),
                texts(members, "hosts").stream().map(HostPattern::parse).toList(),
                members.containsKey("as")
                        ? texts(members, "as").stream().map(SecretTable::place).toList()
                        : List.of(SecretPlace.bearer()),
                null,
                new PlaceholderShape("", USUAL_LENGTH));
    }

    /// A guest can write the project, and with that what asks for an approval: it must be able to
    /// ask neither for a program on this host, nor for the keys that everybody has.
    private void requireFromProject(SecretName name, Map<String, Object> members) {
        if (place != Place.PROJECT) {
            return;
        }
        if (members.containsKey("command") || members.containsKey("keyring")) {
            throw UserError.usage(
                    "a project's file cannot name a program that gives the secret " + name,
                    "put that into your own file: see docs/secrets.md");
        }
        if (KnownSecrets.named(name).isPresent()) {
            throw UserError.usage(
                    "a project's file cannot say where " + name + " goes",
                    "give it another name, or put it into your own file");
        }
    }

    private List<SecretSource> sources(SecretName name, Map<String, Object> members) {
        var sources = new ArrayList<SecretSource>(List.of(new SecretSource.Stored()));
        if (members.containsKey("env")) {
            sources.add(new SecretSource.Variable(text(members, "env")));
        }
        if (members.containsKey("file")) {
            sources.add(new SecretSource.File(path(text(members, "file"))));
        }
        if (members.containsKey("command")) {
            sources.add(new SecretSource.Command(texts(members, "command")));
        }
        if (members.containsKey("keyring")) {
            sources.add(SecretSource.Command.keyring(texts(members, "keyring")));
        }
        if (sources.size() == 1) {
            sources.add(new SecretSource.Variable(name.value()));
        }
        return sources;
    }

    private Path path(String text) {
        return text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
    }

    private static Encoding encoding(Map<String, Object> members) {
        if (!members.containsKey("encoding")) {
            return Encoding.PLAIN;
        }
        return switch (text(members, "encoding")) {
            case "plain" -> Encoding.PLAIN;
            case "base64" -> Encoding.BASE64;
            default ->
                    throw UserError.usage(
                            "a secret's encoding is `plain` or `base64`", "leave it out for plain");
        };
    }

    /// `bearer`, `basic`, `query NAME`, `header NAME` or `header NAME: TEXT {}`.
    private static SecretPlace place(String text) {
        String[] words = text.split(" ", 2);
        String rest = words.length == 2 ? words[1].strip() : "";
        return switch (words[0]) {
            case "bearer" -> SecretPlace.bearer();
            case "basic" -> new SecretPlace.Basic();
            case "query" -> new SecretPlace.Query(rest);
            case "header" -> header(rest);
            default ->
                    throw UserError.usage(
                            "a secret is not added as `" + Printable.of(text) + "`",
                            "use `bearer`, `basic`, `query NAME`, `header NAME` or `header NAME:"
                                    + " TEXT {}`");
        };
    }

    private static SecretPlace header(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? SecretPlace.header(text)
                : new SecretPlace.Header(
                        text.substring(0, colon).strip(), text.substring(colon + 1).strip());
    }

    private static String text(Map<String, Object> members, String member) {
        if (members.get(member) instanceof String text) {
            return text;
        }
        throw UserError.usage("`" + member + "` of a secret is not a text", "put it in quotes");
    }

    /// One text is a list of one.
    private static List<String> texts(Map<String, Object> members, String member) {
        Object value = members.get(member);
        if (value instanceof String text) {
            return List.of(text);
        }
        if (value instanceof List<?> items && items.stream().allMatch(String.class::isInstance)) {
            return items.stream().map(String.class::cast).toList();
        }
        throw UserError.usage(
                "`" + member + "` of a secret is not a list of texts",
                "write it as [\"…\", \"…\"]");
    }
}
