package keystone.agent.config;

import com.electronwill.nightconfig.core.Config;
import com.electronwill.nightconfig.core.UnmodifiableConfig;
import com.electronwill.nightconfig.core.io.ParsingException;
import com.electronwill.nightconfig.core.io.ParsingMode;
import com.electronwill.nightconfig.toml.TomlFormat;
import com.electronwill.nightconfig.toml.TomlParser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;

/// The values of a TOML text, each with the line on which it ends.
///
/// The parser tells no positions. But it hands each value over as soon as it has read it, so the
/// line reached in that moment is the value's.
final class TomlText {
    /// One value.
    ///
    /// @param path the tables it stands in, then its own name
    /// @param value a String, Number, Boolean, date, List or, for an empty table, an empty Map
    record Entry(List<String> path, Object value, int line) {
        String title() {
            return String.join(".", path);
        }
    }

    private final LineReader reader;
    private final IdentityHashMap<Map<String, Object>, Map<String, Integer>> lines =
            new IdentityHashMap<>();

    private TomlText(LineReader reader) {
        this.reader = reader;
    }

    /// Reads the values in the order of the text.
    ///
    /// @param file what to call the text in an error
    static List<Entry> parse(String text, String file) {
        // Without a line end the parser misses a table's name on the last line.
        var toml = new TomlText(new LineReader(text.endsWith("\n") ? text : text + "\n"));
        Config root = Config.of(toml::recording, TomlFormat.instance());
        try {
            new TomlParser().parse(toml.reader, root, ParsingMode.REPLACE);
        } catch (ParsingException malformed) {
            throw toml.malformed(file, String.valueOf(malformed.getMessage()));
        } catch (StackOverflowError nestedTooDeep) {
            throw toml.malformed(file, "brackets are nested too deep");
        }
        var entries = new ArrayList<Entry>();
        toml.flatten(List.of(), root, entries);
        return entries;
    }

    private UserError malformed(String file, String why) {
        String reason = Printable.of(why.replaceAll("\\s+", " ").strip()).replaceAll("\\.$", "");
        return UserError.usage(
                file + ", line " + reader.line() + ": " + reason,
                "correct the file; its language is TOML (https://toml.io)");
    }

    private Map<String, Object> recording() {
        return new Recording();
    }

    private void flatten(List<String> above, UnmodifiableConfig table, List<Entry> into) {
        Map<String, Integer> known = lines.getOrDefault(valuesOf(table), Map.of());
        for (Map.Entry<String, Object> member : valuesOf(table).entrySet()) {
            var path = new ArrayList<>(above);
            path.add(member.getKey());
            int line = known.getOrDefault(member.getKey(), 1);
            switch (member.getValue()) {
                case UnmodifiableConfig inner when inner.isEmpty() ->
                        into.add(new Entry(List.copyOf(path), Map.of(), line));
                case UnmodifiableConfig inner -> flatten(path, inner, into);
                default -> into.add(new Entry(List.copyOf(path), member.getValue(), line));
            }
        }
    }

    /// The very map that [#recording] made, which the library's newer accessors do not give.
    @SuppressWarnings("deprecation")
    private static Map<String, Object> valuesOf(UnmodifiableConfig table) {
        return table.valueMap();
    }

    private final class Recording extends LinkedHashMap<String, Object> {
        private static final long serialVersionUID = 1L;

        @Override
        public Object put(String name, Object value) {
            lines.computeIfAbsent(this, _ -> new HashMap<>()).putIfAbsent(name, reader.line());
            return super.put(name, value);
        }
    }
}
