package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.jspecify.annotations.Nullable;

/// Where this host gets its own distribution's packages from: what apt has fetched indexes of, and
/// whose Release file says that it is the distribution. Other vendors' sources are left out.
final class HostSources {
    private static final Set<String> DISTRIBUTIONS = Set.of("Debian", "Ubuntu");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /// In both of apt's formats (sources.list(5)).
    private static final Pattern SIGNED_BY =
            Pattern.compile("(?i)signed-by\\s*[:=]\\s*(/[^\\s,\\]]+)");

    private HostSources() {}

    static List<PackageSource> read() throws InterruptedException {
        Command.Finished targets =
                Command.of("apt-get", "indextargets", "Created-By: Packages")
                        .withEnvironment("LC_ALL", "C")
                        .run(LIMIT);
        List<PackageSource> sources = parse(targets.output(), HostSources::keyring);
        if (sources.isEmpty()) {
            throw UserError.hostLacks(
                    "apt on this machine has no package lists of Debian or Ubuntu",
                    "sudo apt-get update");
        }
        return sources;
    }

    /// Finds the keyring that a source is bound to.
    interface Keyrings {
        /// Its path, or null when the source is bound to none.
        ///
        /// @param entry the file and the number of the entry in it, `…/debian.sources:1`
        @Nullable String keyring(String entry);
    }

    /// Reads apt's own description of its indexes (apt-get(8), "indextargets").
    static List<PackageSource> parse(String targets, Keyrings keyrings) {
        var bySuite = new LinkedHashMap<List<String>, PackageSource>();
        for (String stanza : targets.split("\n\n", -1)) {
            Map<String, String> field = fields(stanza);
            String origin = field.getOrDefault("Origin", "");
            if (!DISTRIBUTIONS.contains(origin)
                    || !field.getOrDefault("Architecture", "").equals("amd64")) {
                continue;
            }
            String uri = field.getOrDefault("Repo-URI", "");
            String suite = field.getOrDefault("Release", "");
            String key = keyrings.keyring(field.getOrDefault("Sourcesentry", ""));
            var source =
                    new PackageSource(
                            origin, uri, suite, List.of(field.getOrDefault("Component", "")), key);
            bySuite.merge(List.of(uri, suite), source, HostSources::joined);
        }
        return List.copyOf(bySuite.values());
    }

    private static Map<String, String> fields(String stanza) {
        var fields = new HashMap<String, String>();
        for (String line : stanza.split("\n", -1)) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 2).strip());
            }
        }
        return fields;
    }

    private static PackageSource joined(PackageSource first, PackageSource second) {
        var components = new ArrayList<>(first.components());
        components.addAll(second.components());
        return new PackageSource(
                first.origin(), first.uri(), first.suite(), components, first.signedBy());
    }

    /// The `Signed-By` of an entry when it names a file; a key written into the entry itself is
    /// left to apt's own keys.
    private static @Nullable String keyring(String entry) {
        int colon = entry.lastIndexOf(':');
        try {
            Path file = Path.of(entry.substring(0, Math.max(colon, 0)));
            int number = Integer.parseInt(entry.substring(colon + 1));
            return keyring(Files.readString(file), number, entry.contains(".sources:"));
        } catch (IOException | NumberFormatException unknown) {
            return null;
        }
    }

    /// @param number counts the stanzas of a `.sources` file, the lines of a `.list` file, from 1
    static @Nullable String keyring(String content, int number, boolean stanzas) {
        String[] entries =
                stanzas
                        ? content.replaceAll("(?m)^#.*\n", "").strip().split("\n\\s*\n", -1)
                        : content.split("\n", -1);
        if (number < 1 || number > entries.length) {
            return null;
        }
        Matcher key = SIGNED_BY.matcher(entries[number - 1]);
        return key.find() ? key.group(1) : null;
    }
}
