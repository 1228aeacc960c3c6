package keystone.agent.outfit;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;

/// A file of settings, of which a guest gets those on a list: others run commands of the host's,
/// hold keys, or bring back the questions that the sandbox makes needless.
sealed interface Settings {
    String file();

    /// The text with the allowed settings only; empty when none is there.
    String allowed(String text);

    /// Of JSON, plain values.
    ///
    /// @param keys names; one in an object within is `outer.inner`
    record JsonFile(String file, Set<String> keys) implements Settings {
        public JsonFile {
            keys = Set.copyOf(keys);
        }

        @Override
        public String allowed(String text) {
            try {
                Json.Obj kept = kept(Json.parse(text).asObject(), "");
                return kept.members().isEmpty() ? "" : kept.pretty() + "\n";
            } catch (JsonException malformed) {
                return "";
            }
        }

        private Json.Obj kept(Json.Obj object, String prefix) {
            Json.Obj kept = Json.object();
            for (Map.Entry<String, Json> member : object.members().entrySet()) {
                String key = prefix + member.getKey();
                boolean isScalar =
                        member.getValue() instanceof Json.Str
                                || member.getValue() instanceof Json.Bool
                                || member.getValue() instanceof Json.Int;
                if (isScalar && keys.contains(key)) {
                    kept.with(member.getKey(), member.getValue());
                } else if (member.getValue() instanceof Json.Obj inner && prefix.isEmpty()) {
                    Json.Obj within = kept(inner, key + ".");
                    if (!within.members().isEmpty()) {
                        kept.with(member.getKey(), within);
                    }
                }
            }
            return kept;
        }
    }

    /// Of TOML, lines with one plain value each, before the first table.
    record TomlLines(String file, Set<String> keys) implements Settings {
        private static final Pattern LINE =
                Pattern.compile(
                        "\\s*([a-z_]+)\\s*=\\s*(\"[^\"\\\\]*\"|'[^']*'|true|false|\\d{1,12})\\s*(#.*)?");

        public TomlLines {
            keys = Set.copyOf(keys);
        }

        @Override
        public String allowed(String text) {
            return text.lines()
                    .takeWhile(line -> !line.strip().startsWith("["))
                    .map(LINE::matcher)
                    .filter(line -> line.matches() && keys.contains(line.group(1)))
                    .map(TomlLines::plain)
                    .collect(Collectors.joining());
        }

        private static String plain(Matcher line) {
            return line.group(1) + " = " + line.group(2) + "\n";
        }
    }
}
