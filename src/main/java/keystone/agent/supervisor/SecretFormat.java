package keystone.agent.supervisor;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.HostPattern;
import keystone.agent.model.PlaceholderShape;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretPlace;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Companion;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.model.SecretSource.Agent;

/// A [SecretRef] on the control socket; never a value.
final class SecretFormat {
    private SecretFormat() {}

    static Json.Obj write(SecretRef ref) {
        Companion also = ref.also();
        return Json.object()
                .with("name", ref.name().value())
                .with("sources", Json.array(ref.sources(), SecretFormat::write))
                .with("base64", ref.encoding() == Encoding.BASE64)
                .with("hosts", Json.array(ref.hosts(), each -> Json.string(each.toString())))
                .with("places", Json.array(ref.places(), SecretFormat::write))
                .with("alsoHeader", also == null ? null : also.header())
                .with("alsoWord", also == null ? null : also.word())
                .with("prefix", ref.shape().prefix())
                .with("length", ref.shape().length());
    }

    static SecretRef read(Json.Obj json) {
        String also = json.stringOrNull("alsoHeader");
        return new SecretRef(
                new SecretName(json.string("name")),
                json.array("sources").stream().map(each -> source(each.asObject())).toList(),
                json.bool("base64") ? Encoding.BASE64 : Encoding.PLAIN,
                json.array("hosts").stream()
                        .map(each -> HostPattern.parse(each.asString("host")))
                        .toList(),
                json.array("places").stream().map(each -> place(each.asObject())).toList(),
                also == null ? null : new Companion(also, json.string("alsoWord")),
                new PlaceholderShape(
                        json.string("prefix"), Math.toIntExact(json.number("length"))));
    }

    private static Json.Obj write(SecretSource source) {
        return switch (source) {
            case SecretSource.Stored _ -> Json.object().with("kind", "stored");
            case SecretSource.Variable(String name) ->
                    Json.object().with("kind", "variable").with("name", name);
            case SecretSource.DotEnv(String file, String name) ->
                    Json.object().with("kind", "dotenv").with("file", file).with("name", name);
            case SecretSource.Command(List<String> arguments) ->
                    Json.object()
                            .with("kind", "command")
                            .with("arguments", Json.array(arguments, Json::string));
            case SecretSource.File(Path path) ->
                    Json.object().with("kind", "file").with("path", path.toString());
            case SecretSource.LogIn(Agent agent) ->
                    Json.object().with("kind", "login").with("agent", agent.name());
        };
    }

    private static SecretSource source(Json.Obj json) {
        return switch (json.string("kind")) {
            case "stored" -> new SecretSource.Stored();
            case "variable" -> new SecretSource.Variable(json.string("name"));
            case "dotenv" -> new SecretSource.DotEnv(json.string("file"), json.string("name"));
            case "command" ->
                    new SecretSource.Command(
                            json.array("arguments").stream()
                                    .map(each -> each.asString("argument"))
                                    .toList());
            case "file" -> new SecretSource.File(Path.of(json.string("path")));
            case "login" -> new SecretSource.LogIn(Agent.valueOf(json.string("agent")));
            default -> throw new JsonException("no secret is read from that");
        };
    }

    private static Json.Obj write(SecretPlace place) {
        return switch (place) {
            case SecretPlace.Header(String name, String template) ->
                    Json.object().with("header", name).with("template", template);
            case SecretPlace.Basic _ -> Json.object().with("basic", true);
            case SecretPlace.Query(String parameter) -> Json.object().with("query", parameter);
        };
    }

    private static SecretPlace place(Json.Obj json) {
        String header = json.stringOrNull("header");
        if (header != null) {
            return new SecretPlace.Header(header, json.string("template"));
        }
        String query = json.stringOrNull("query");
        return query == null ? new SecretPlace.Basic() : new SecretPlace.Query(query);
    }
}
