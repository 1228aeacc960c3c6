package keystone.agent.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import keystone.agent.git.ConfigText.Malformed;
import keystone.agent.git.ConfigText.Setting;
import keystone.agent.process.OpenFile;
import org.jspecify.annotations.Nullable;

/// What a repository's own configuration says, with all that it includes, read without git.
///
/// Conditional includes count as if their condition held: it may hold later.
final class Configuration {
    private static final int LARGEST = 1 << 20;

    /// Each may include itself often: what git would give up, and we would read for ever.
    private static final int MOST_FILES = 100;

    /// As many as git follows.
    private static final int DEEPEST = 10;

    private final Layout layout;
    private final List<Setting> settings = new ArrayList<>();
    private final List<Path> included = new ArrayList<>();
    private int files;

    private Configuration(Layout layout) {
        this.layout = layout;
    }

    static Configuration read(Layout layout) throws IOException, Malformed {
        var configuration = new Configuration(layout);
        configuration.add(layout.common().resolve("config"), 0);
        configuration.addOfWorkTree();
        return configuration;
    }

    /// Only what is said of this work tree: in a linked one, what the repository's own says of its
    /// first does not count.
    static Configuration ofWorkTree(Layout layout) throws IOException, Malformed {
        if (!layout.isLinked()) {
            return read(layout);
        }
        var configuration = new Configuration(layout);
        configuration.addOfWorkTree();
        return configuration;
    }

    private void addOfWorkTree() throws IOException, Malformed {
        Path file = layout.own().resolve("config.worktree");
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            add(file, 0);
        }
    }

    private void add(Path file, int depth) throws IOException, Malformed {
        files++;
        if (files > MOST_FILES) {
            throw new IOException("too many files");
        }
        String text;
        try (OpenFile open = OpenFile.itself(file)) {
            byte[] content = open.read(LARGEST + 1);
            if (content.length > LARGEST) {
                throw new IOException("too large");
            }
            text = new String(content, StandardCharsets.UTF_8);
        }
        for (Setting setting : ConfigText.parse(text)) {
            settings.add(setting);
            if (settings.size() > ConfigText.MOST) {
                throw new IOException("too many settings");
            }
            Path include = include(setting, file);
            if (include != null) {
                included.add(include);
                if (depth < DEEPEST && Files.isRegularFile(include)) {
                    add(include.toRealPath(), depth + 1);
                }
            }
        }
    }

    /// Null when it is none that matters: no git of ours has a home directory to look into, and
    /// nobody shares theirs.
    private static @Nullable Path include(Setting setting, Path from) {
        String key = setting.key();
        boolean includes =
                key.equals("include.path")
                        || (key.startsWith("includeif.") && key.endsWith(".path"));
        if (!includes || setting.value().isEmpty() || setting.value().startsWith("~")) {
            return null;
        }
        return Objects.requireNonNull(from.getParent()).resolve(setting.value()).normalize();
    }

    /// The last one counts; git's keys without a subsection are in lower case.
    Optional<String> get(String key) {
        return settings.stream()
                .filter(setting -> setting.key().equals(key))
                .map(Setting::value)
                .reduce((_, last) -> last);
    }

    boolean isTrue(String key) {
        return get(key).map(Configuration::isTrueValue).orElse(false);
    }

    private static boolean isTrueValue(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "false", "no", "off", "0" -> false;
            default -> true;
        };
    }

    List<Setting> settings() {
        return List.copyOf(settings);
    }

    /// A file that has its say in the configuration and lies in the project, outside its git
    /// directory.
    Optional<Path> includedFrom(Path project) {
        return included.stream().filter(file -> liesIn(project, file)).findFirst();
    }

    private boolean liesIn(Path project, Path file) {
        if (file.startsWith(project) && !layout.contains(file)) {
            return true;
        }
        try {
            Path real = file.toRealPath();
            return real.startsWith(project) && !layout.contains(real);
        } catch (IOException none) {
            return false;
        }
    }
}
