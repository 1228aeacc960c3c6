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
import java.util.regex.Pattern;
import keystone.agent.model.Danger;

/// What a host runs or obeys because of its name: the rules of the resource `surface`, one a line.
///
/// A rule is a danger's word and a pattern. A pattern's parts are matched against neighbouring
/// parts of a path, at any depth; `*` stands for any characters of one part; with `/` at its end it
/// means everything below such a directory, without it the file itself.
final class Surface {
    private record Rule(Danger danger, List<Pattern> parts, boolean below) {
        boolean fits(List<String> names, int at) {
            if (at + parts.size() > names.size()) {
                return false;
            }
            for (int i = 0; i < parts.size(); i++) {
                if (!parts.get(i).matcher(names.get(at + i)).matches()) {
                    return false;
                }
            }
            // Also what takes such a directory's own place, such as a link.
            return below || at + parts.size() == names.size();
        }
    }

    /// Rules by the first part of their pattern, where that is a plain name.
    private final Map<String, List<Rule>> named = new HashMap<>();

    private final List<Rule> others = new ArrayList<>();

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
                        List.of(parts).stream().map(Surface::pattern).toList(),
                        below);
        if (parts[0].contains("*")) {
            others.add(rule);
        } else {
            named.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(rule);
        }
    }

    private static Pattern pattern(String part) {
        return Pattern.compile(Pattern.quote(part).replace("*", "\\E.*\\Q"), Pattern.DOTALL);
    }

    /// The first rule that fits.
    ///
    /// @param names the parts of a path
    Optional<Danger> danger(List<String> names) {
        for (int at = 0; at < names.size(); at++) {
            for (Rule rule : named.getOrDefault(names.get(at), List.of())) {
                if (rule.fits(names, at)) {
                    return Optional.of(rule.danger());
                }
            }
            for (Rule rule : others) {
                if (rule.fits(names, at)) {
                    return Optional.of(rule.danger());
                }
            }
        }
        return Optional.empty();
    }
}
