package keystone.agent.config;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import keystone.agent.config.Origin.Place;
import keystone.agent.model.Nearest;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// The places in which settings are found, each read on its own.
final class Sources {
    private static final String PREFIX = "KEYSTONE_AGENT_";

    private final Map<String, String> environment;
    private final Interpreter interpreter;

    /// For one project.
    ///
    /// @param project real path
    Sources(Configuration.Origins origins, Path project) {
        this.environment = origins.environment();
        this.interpreter =
                new Interpreter(
                        origins.home(),
                        Map.of(Place.FLAG, origins.current(), Place.PROJECT, project));
    }

    List<Setting> flags(Map<Key, List<String>> flags) {
        var settings = new ArrayList<Setting>();
        for (Key key : Key.values()) {
            for (String text : flags.getOrDefault(key, List.of())) {
                var origin = new Origin(Place.FLAG, key.flags().getFirst());
                settings.add(interpreter.read(key, withValue(key, text), origin));
            }
        }
        return distinct(settings);
    }

    /// `-e NAME` passes on the value that the variable has here.
    private String withValue(Key key, String text) {
        if (key != Key.ENV || text.contains("=") || text.isEmpty()) {
            return text;
        }
        String value = environment.get(text);
        if (value == null) {
            throw UserError.usage(
                    "-e: the variable `" + Printable.of(text) + "` is not set here",
                    "give its value: -e " + Printable.of(text) + "=VALUE");
        }
        return text + "=" + value;
    }

    List<Setting> environment() {
        refuseMistyped();
        var settings = new ArrayList<Setting>();
        for (Key key : Key.values()) {
            String variable = key.variable().orElse("");
            String text = environment.getOrDefault(variable, "");
            if (!text.isEmpty()) {
                var origin = new Origin(Place.ENVIRONMENT, variable);
                settings.add(interpreter.read(key, text, origin));
            }
        }
        return settings;
    }

    /// What is near to none of ours may be somebody else's own, such as a build's.
    private void refuseMistyped() {
        List<String> known =
                Stream.concat(
                                Stream.of(Key.values()).flatMap(key -> key.variable().stream()),
                                Stream.of("KEYSTONE_AGENT_HOME", "KEYSTONE_AGENT_EDITOR"))
                        .toList();
        for (String variable : new TreeSet<>(environment.keySet())) {
            boolean isOther = variable.startsWith(PREFIX) && !known.contains(variable);
            String meant = isOther ? meant(variable, known) : null;
            if (meant != null) {
                throw UserError.usage(
                        "there is no setting `" + Printable.of(variable) + "`",
                        "did you mean %s? else: unset %s".formatted(meant, Printable.of(variable)));
            }
        }
    }

    private static @Nullable String meant(String variable, List<String> known) {
        List<String> words = known.stream().map(each -> each.substring(PREFIX.length())).toList();
        return Nearest.likely(variable.substring(PREFIX.length()), words)
                .map(word -> PREFIX + word)
                .orElse(null);
    }

    List<Setting> project(ProjectFile.Content content) {
        var file = new FileSource(Place.PROJECT, content.shownPath(), interpreter);
        return distinct(file.read(content.text()));
    }

    /// May be a link, unlike the project's: home directories are often kept elsewhere.
    List<Setting> user(Path file) {
        String shown = Printable.of(file.toString());
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            String text = ProjectFiles.text(channel, shown);
            return distinct(new FileSource(Place.USER, shown, interpreter).read(text));
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    shown + " cannot be read",
                    "see that it is a file and that you may read it",
                    e);
        }
    }

    /// A later variable replaces an earlier one, so the last comes first; two mounts at one path
    /// are a mistake.
    private static List<Setting> distinct(List<Setting> settings) {
        var guests = new HashSet<String>();
        for (Setting setting : settings) {
            if (setting.key() == Key.MOUNTS && !guests.add(setting.id())) {
                throw UserError.usage(
                        setting.origin().where() + ": there are two mounts at " + setting.id(),
                        "give each its own path in the guest");
            }
        }
        return settings.reversed();
    }
}
