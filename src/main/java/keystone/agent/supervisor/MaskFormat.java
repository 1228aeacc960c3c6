package keystone.agent.supervisor;

import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.MaskRules;
import keystone.agent.model.Masking;
import keystone.agent.model.NamePatterns;
import org.jspecify.annotations.Nullable;

/// What is masked, as it travels over the control socket.
final class MaskFormat {
    private MaskFormat() {}

    static Json.Obj write(MaskRules rules) {
        return Json.object()
                .with("asked", Json.array(rules.asked().texts(), Json::string))
                .with("told", Json.array(rules.told().texts(), Json::string));
    }

    static MaskRules rules(Json.Obj json) {
        return new MaskRules(
                new NamePatterns(texts(json, "asked")), new NamePatterns(texts(json, "told")));
    }

    static Json.Obj write(Masking masking) {
        return Json.object()
                .with("masked", Json.array(masking.masked(), Json::string))
                .with("readable", Json.array(masking.readable(), MaskFormat::write))
                .with("problem", masking.problem());
    }

    private static Json write(Masking.Exposed file) {
        return Json.object().with("path", file.path()).with("why", file.why());
    }

    /// @param json null from an older version, which masks nothing
    static Masking masking(@Nullable Json json) {
        if (json == null) {
            return Masking.NONE;
        }
        Json.Obj object = json.asObject();
        return new Masking(
                texts(object, "masked"),
                object.array("readable").stream()
                        .map(Json::asObject)
                        .map(each -> new Masking.Exposed(each.string("path"), each.string("why")))
                        .toList(),
                object.stringOrNull("problem"));
    }

    private static List<String> texts(Json.Obj json, String member) {
        return json.array(member).stream().map(each -> each.asString(member)).toList();
    }
}
