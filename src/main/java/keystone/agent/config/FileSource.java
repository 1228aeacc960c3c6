package keystone.agent.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import keystone.agent.config.Form.Count;
import keystone.agent.config.Origin.Place;
import keystone.agent.model.Nearest;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;

/// The settings in one `agent.toml`.
final class FileSource {
    private final Place place;
    private final String file;
    private final Interpreter interpreter;

    /// Reads for one place.
    ///
    /// @param file its path, fit to be printed
    FileSource(Place place, String file, Interpreter interpreter) {
        this.place = place;
        this.file = file;
        this.interpreter = interpreter;
    }

    List<Setting> read(String text) {
        var settings = new ArrayList<Setting>();
        var person = new ArrayList<TomlText.Entry>();
        var secrets = new LinkedHashMap<String, List<TomlText.Entry>>();
        for (TomlText.Entry entry : TomlText.parse(text, file)) {
            if (isOfPerson(entry)) {
                person.add(entry);
            } else if (isOfSecret(entry)) {
                secrets.computeIfAbsent(entry.path().get(1), _ -> new ArrayList<>()).add(entry);
            } else if (!isEmptyTable(entry)) {
                settings.addAll(settings(entry));
            }
        }
        if (!person.isEmpty()) {
            settings.add(person(person));
        }
        secrets.forEach((name, entries) -> settings.add(secret(name, entries)));
        return settings;
    }

    private static boolean isOfPerson(TomlText.Entry entry) {
        return entry.path().size() == 2 && entry.path().getFirst().equals(Key.IDENTITY.title());
    }

    /// With a member, or without any.
    private static boolean isOfSecret(TomlText.Entry entry) {
        int length = entry.path().size();
        return entry.path().getFirst().equals(Key.SECRETS.title())
                && (length == 3 || (length == 2 && entry.value() instanceof Map<?, ?>));
    }

    private Setting secret(String name, List<TomlText.Entry> entries) {
        var members = new HashMap<String, Object>();
        for (TomlText.Entry entry : entries) {
            if (entry.path().size() == 3) {
                members.put(entry.path().getLast(), entry.value());
            }
        }
        return interpreter.secret(name, members, origin(entries.getFirst(), Key.SECRETS));
    }

    /// `{ name = "…", email = "…" }`
    private Setting person(List<TomlText.Entry> entries) {
        TomlText.Entry first = entries.getFirst();
        var members = new HashMap<String, String>();
        for (TomlText.Entry entry : entries) {
            members.put(entry.path().getLast(), string(Key.IDENTITY, entry, entry.value()));
        }
        if (!members.keySet().equals(Set.of("name", "email"))) {
            throw mistyped(Key.IDENTITY, first);
        }
        String text = members.get("name") + " <" + members.get("email") + ">";
        return interpreter.read(Key.IDENTITY, text, origin(first, Key.IDENTITY));
    }

    private static boolean isEmptyTable(TomlText.Entry entry) {
        String table = entry.title();
        return entry.value() instanceof Map<?, ?>
                && (table.equals(Key.ENV.title())
                        || table.equals(Key.SECRETS.title())
                        || table.equals(Key.AGENTS.title())
                        || isTable(table));
    }

    private static boolean isTable(String title) {
        return Key.titles().stream().anyMatch(known -> known.startsWith(title + "."));
    }

    private List<Setting> settings(TomlText.Entry entry) {
        if (entry.path().getFirst().equals(Key.ENV.title()) && entry.path().size() == 2) {
            String text = entry.path().getLast() + "=" + string(Key.ENV, entry, entry.value());
            return List.of(interpreter.read(Key.ENV, text, origin(entry, Key.ENV)));
        }
        if (entry.path().getFirst().equals(Key.AGENTS.title())) {
            return List.of(agent(entry));
        }
        Key key = Key.titled(entry.title()).orElseThrow(() -> unknown(entry));
        Origin origin = origin(entry, key);
        return texts(key, entry).stream().map(t -> interpreter.read(key, t, origin)).toList();
    }

    /// `[agents.NAME]` with its command.
    private Setting agent(TomlText.Entry entry) {
        boolean isCommand = entry.path().size() == 3 && entry.path().getLast().equals("command");
        if (!isCommand || !(entry.value() instanceof List<?> words)) {
            throw mistyped(Key.AGENTS, entry);
        }
        List<String> command = words.stream().map(word -> string(Key.AGENTS, entry, word)).toList();
        return interpreter.agent(entry.path().get(1), command, origin(entry, Key.AGENTS));
    }

    private Origin origin(TomlText.Entry entry, Key key) {
        return new Origin(place, at(entry) + ", " + key.title());
    }

    private String at(TomlText.Entry entry) {
        return file + ", line " + entry.line();
    }

    private List<String> texts(Key key, TomlText.Entry entry) {
        if (key.form().count() == Count.ONE) {
            return List.of(scalar(key, entry));
        }
        if (entry.value() instanceof List<?> items) {
            return items.stream().map(item -> string(key, entry, item)).toList();
        }
        throw mistyped(key, entry);
    }

    private String scalar(Key key, TomlText.Entry entry) {
        if (key.form() != Form.COUNT) {
            return string(key, entry, entry.value());
        }
        if (entry.value() instanceof Integer number) {
            return number.toString();
        }
        throw mistyped(key, entry);
    }

    private String string(Key key, TomlText.Entry entry, Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw mistyped(key, entry);
    }

    private UserError mistyped(Key key, TomlText.Entry entry) {
        return UserError.usage(
                at(entry) + ": the value of `" + key.title() + "` is of the wrong type",
                "write a " + key.form().description());
    }

    private UserError unknown(TomlText.Entry entry) {
        String title = Printable.of(entry.title());
        if (isTable(entry.title())) {
            return UserError.usage(
                    at(entry) + ": `" + title + "` is not a table",
                    "write a line [" + title + "], and its settings below");
        }
        Optional<String> nearest = Nearest.of(entry.title(), Key.titles());
        return UserError.usage(
                at(entry) + ": there is no setting `" + title + "`",
                nearest.map(known -> "perhaps `" + known + "` is meant")
                        .orElse("see docs/config.md"));
    }
}
