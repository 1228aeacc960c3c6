package keystone.agent.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import keystone.agent.model.Printable;
import keystone.agent.model.Reason;
import keystone.agent.model.UserError;

/// The user's own ssh config (ssh_config(5)), to which one line is added at the top, where no
/// `Host` is above it, and nothing else is ever changed.
///
/// @param file as the user knows it; may be a link, and may be missing
/// @param links takes the links out of a path, or refuses it
/// @param pattern which files are to be included
record UserSshConfig(Path file, UnaryOperator<Path> links, String pattern) {
    private static final String NOTE =
            "# keystone-agent's sandboxes, as ks-NAME; `keystone-agent ssh-config --uninstall` takes"
                    + " these two lines away.";

    String includeLine() {
        // glob(7) and newer versions of ssh see more in these than a path.
        boolean plain =
                pattern.replace("/*/", "/")
                        .codePoints()
                        .noneMatch(
                                c -> "*?[]{}\\%$\"~".indexOf(c) >= 0 || Character.isISOControl(c));
        if (!plain) {
            throw UserError.failed(
                    "ssh cannot include `" + Printable.of(pattern) + "`",
                    "set KEYSTONE_AGENT_HOME to a directory without the characters *?[]{}\\%$\"~");
        }
        return "Include \"" + pattern + "\"";
    }

    boolean isInstalled() {
        for (String line : lines()) {
            if (line.strip().equals(includeLine())) {
                return true;
            }
            if (opensBlock(line)) {
                return false;
            }
        }
        return false;
    }

    private static boolean opensBlock(String line) {
        return line.strip().toLowerCase(Locale.ROOT).matches("(host|match)[ \t=].*");
    }

    boolean install() {
        if (isInstalled()) {
            return false;
        }
        var changed = new ArrayList<>(List.of(NOTE, includeLine()));
        List<String> before = lines();
        // The last line ends, too.
        changed.addAll(before.isEmpty() ? List.of("") : without(before));
        replace(changed);
        return true;
    }

    boolean uninstall() {
        List<String> before = lines();
        List<String> after = without(before);
        if (before.equals(after)) {
            return false;
        }
        replace(after);
        return true;
    }

    private List<String> without(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.equals(NOTE) && !line.strip().equals(includeLine()))
                .toList();
    }

    /// Split at line feeds only and joined by them again: every other byte stays what it was.
    private List<String> lines() {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return text.isEmpty() ? List.of() : List.of(text.split("\n", -1));
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw unusable("read", e);
        }
    }

    private void replace(List<String> lines) {
        String text = String.join("\n", lines);
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                createEmpty();
            }
            replace(links.apply(file.toAbsolutePath()), text);
        } catch (IOException e) {
            throw unusable("change", e);
        }
    }

    private void createEmpty() throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        try {
            if (directory != null && !Files.exists(directory)) {
                Files.createDirectory(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
        } catch (FileAlreadyExistsException byAnotherCommand) {
            // That is all that was wanted.
        }
        try {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException byAnotherCommand) {
            // Likewise.
        }
    }

    /// The file that a link leads to is replaced, not the link; mode and owner stay.
    private void replace(Path real, String text) throws IOException {
        if (text.isEmpty() && real.equals(file.toAbsolutePath())) {
            Files.deleteIfExists(real);
            return;
        }
        var before = Files.readAttributes(real, PosixFileAttributes.class);
        Path fresh = Files.createTempFile(real.getParent(), ".config-", ".new");
        try {
            Files.writeString(fresh, text, StandardCharsets.ISO_8859_1);
            if (!Files.getOwner(fresh).equals(before.owner())) {
                Files.setOwner(fresh, before.owner());
            }
            Files.setPosixFilePermissions(fresh, before.permissions());
            Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private UserError unusable(String verb, IOException why) {
        return new UserError(
                UserError.Kind.FAILED,
                "cannot " + verb + " " + Printable.of(file.toString()) + ": " + Reason.of(why),
                "put this line at its top yourself: " + includeLine(),
                why);
    }
}
