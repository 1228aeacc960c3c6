package keystone.agent.review;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import keystone.agent.model.Danger;

/// What a host runs or obeys because of its name: the rules of the resource `surface`, one a line.
///
/// A rule is a danger's word and a pattern. A pattern's parts are matched against neighbouring
/// parts of a path, at any depth; `*`, once in a part, stands for any characters of it; with `/` at
/// its end it means everything below such a directory, without it the file itself.
final class Surface {
    /// One part of a pattern, with at most one `*` in it.
    private record Part(String before, String after, boolean open) {
        static Part of(String text) {
            int star = text.indexOf('*');
            return star < 0
                    ? new Part(text, "", false)
                    : new Part(text.substring(0, star), text.substring(star + 1), true);
        }

        boolean fits(String name) {
            return open
                    ? name.length() >= before.length() + after.length()
                            && name.startsWith(before)
                            && name.endsWith(after)
                    : name.equals(before);
        }
    }

    private record Rule(Danger danger, List<Part> parts, boolean below) {
        boolean fits(List<String> names, int at) {
            if (at + parts.size() > names.size()) {
                return false;
            }
            for (int i = 0; i < parts.size(); i++) {
                if (!parts.get(i).fits(names.get(at + i))) {
                    return false;
                }
            }
            // Also what takes such a directory's own place, such as a link.
            return below || at + parts.size() == names.size();
        }
    }

    /// Rules by the first part of their pattern, where that is a plain name.
    private final Map<String, List<Rule>> named = new HashMap<>();

    /// Rules of one part that is no plain name: a project has many files, so they are asked only
    /// about a path's last part.
    private final List<Rule> ofNames = new ArrayList<>();

    private Surface(String rules) {
        rules.lines().map(String::strip).filter(Surface::isRule).forEach(this::add);
    }

    /// The rules that come with the program.
    static Surface load() {
        try (InputStream rules =
                Objects.requireNonNull(Surface.class.getResourceAsStream("/review/surface"))) {
            return new Surface(new String(rules.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the program is incomplete", e);
        }
    }

    private static boolean isRule(String line) {
        return !line.isEmpty() && !line.startsWith("#");
    }

    private void add(String line) {
        String[] words = line.split(" +", 2);
        boolean below = words[1].endsWith("/");
        String[] parts = words[1].split("/");
        var rule =
                new Rule(
                        Danger.valueOf(words[0].toUpperCase(Locale.ROOT)),
                        Stream.of(parts).map(Part::of).toList(),
                        below);
        if (!parts[0].contains("*")) {
            named.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(rule);
        } else if (parts.length == 1 && !below) {
            ofNames.add(rule);
        } else {
            throw new IllegalStateException("a path's pattern begins with a plain name: " + line);
        }
    }

    /// The first rule that fits.
    ///
    /// @param names the parts of a path
    Optional<Danger> danger(List<String> names) {
        int last = names.size() - 1;
        for (int at = 0; at <= last; at++) {
            for (Rule rule : named.getOrDefault(names.get(at), List.of())) {
                if (rule.fits(names, at)) {
                    return Optional.of(rule.danger());
                }
            }
        }
        for (Rule rule : ofNames) {
            if (rule.fits(names, last)) {
                return Optional.of(rule.danger());
            }
        }
        return Optional.empty();
    }
}
