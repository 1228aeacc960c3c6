package keystone.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/// What the build makes of the declarations of commands, so that no run has to: their help texts
/// and the tables of their flags.
final class BuiltTexts {
    private static final String FOLDER = "/commands/";

    private BuiltTexts() {}

    static String help(Verb verb) {
        return read(file(verb.words()) + ".help");
    }

    static String help(Route.Explain overview) {
        return read(file(overview));
    }

    static FlagTable flags(Verb verb) {
        return FlagTable.parse(read(file(verb.words()) + ".flags"));
    }

    private static String file(String words) {
        return words.replace(' ', '-');
    }

    private static String file(Route.Explain overview) {
        return (overview.group().isEmpty() ? "all" : overview.group()) + ".overview";
    }

    private static String read(String name) {
        try (InputStream in = BuiltTexts.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + FOLDER + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Writes them all.
    ///
    /// @param arguments the directory of the compiled classes
    static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0], FOLDER);
        Files.createDirectories(folder);
        for (Verb verb : Verb.values()) {
            Path file = folder.resolve(file(verb.words()));
            write(file + ".help", HelpText.of(verb));
            write(file + ".flags", flagsOf(verb).text());
        }
        for (String group : Stream.concat(Stream.of(""), Verb.groups()).toList()) {
            var overview = new Route.Explain(group);
            write(folder.resolve(file(overview)).toString(), HelpText.of(overview));
        }
    }

    private static FlagTable flagsOf(Verb verb) {
        Action action = verb.action();
        var flags = new GlobalFlags();
        CommandSpec declared = Parser.declared(action, flags);
        return FlagTable.of(declared, action, flags);
    }

    private static void write(String file, String text) throws IOException {
        Files.writeString(Path.of(file), text);
    }
}
