package keystone.agent.task;

import java.util.List;
import keystone.agent.json.Json;
import org.jspecify.annotations.Nullable;

/// Reads what an agent sent, which may be anything: what is not there, or of another type, is
/// nothing.
final class Members {
    /// The characters of any one text that are kept.
    private static final int LONGEST = 64 << 10;

    private Members() {}

    static Json.Obj object(Json.Obj json, String... names) {
        Json.Obj at = json;
        for (String name : names) {
            at = at.get(name) instanceof Json.Obj inner ? inner : Json.object();
        }
        return at;
    }

    static List<Json> items(Json.Obj json, String name) {
        return json.get(name) instanceof Json.Arr(List<Json> items) ? items : List.of();
    }

    /// Empty when there is none; cut off when it is long.
    static String text(Json.Obj json, String name) {
        String text = textOrNull(json, name);
        return text == null ? "" : text;
    }

    static @Nullable String textOrNull(Json.Obj json, String name) {
        return json.get(name) instanceof Json.Str(String value) ? cut(value, LONGEST) : null;
    }

    static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "…";
    }

    static long number(Json.Obj json, String name) {
        return json.get(name) instanceof Json.Int(long value) ? value : 0;
    }
}
