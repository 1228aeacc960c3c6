package keystone.agent.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.OpenFile;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.TaskStage;
import keystone.agent.workspace.Links;

/// Takes copies of the files that somebody gives an agent with its prompt: of what they are when it
/// is said, and of nothing to which a guest's link leads.
final class Attaching {
    static final int MOST_FILES = 20;
    static final long MOST_EACH = 32 << 20;
    static final long MOST_IN_ALL = 64 << 20;
    private static final int LONGEST_NAME = 100;

    private final Store store;

    Attaching(Store store) {
        this.store = store;
    }

    /// Copies them, all or none.
    ///
    /// @param files absolute
    /// @return where the copies are; whoever has it closes it
    TaskStage stage(SandboxDir dir, List<Path> files) {
        if (files.size() > MOST_FILES) {
            throw UserError.usage(
                    "%d files are too many for a prompt".formatted(files.size()),
                    "give no more than %d; put the others into the project".formatted(MOST_FILES));
        }
        TaskStage stage = TaskStage.make(dir);
        try {
            var names = new HashSet<String>();
            long left = MOST_IN_ALL;
            for (Path file : files) {
                left -= copy(file, stage, name(file, names), Math.min(MOST_EACH, left));
            }
            return stage;
        } catch (RuntimeException failed) {
            stage.close();
            throw failed;
        }
    }

    private long copy(Path file, TaskStage stage, String name, long most) {
        Path itself = new Links(store.writable()).resolve(file);
        try (OpenFile open = OpenFile.itself(itself);
                OutputStream to = stage.add(name)) {
            long copied = open.copy(to, most);
            if (copied > most) {
                throw UserError.usage(
                        "%s is too large to come with a prompt".formatted(shown(file)),
                        "give files of no more than %d MiB, and %d MiB in all; put others into the project"
                                .formatted(MOST_EACH >> 20, MOST_IN_ALL >> 20));
            }
            return copied;
        } catch (IOException e) {
            throw new UserError(
                    UserError.Kind.USAGE,
                    shown(file) + " cannot be read, or is not a regular file",
                    "ls -l " + ShellWord.quote(file.toString()),
                    e);
        }
    }

    private static String shown(Path file) {
        return Printable.of(file.toString());
    }

    /// The file's own, of plain characters, and unlike the others'.
    static String name(Path file, Set<String> taken) {
        String plain =
                String.valueOf(file.getFileName())
                        .replaceAll("[^A-Za-z0-9._-]", "_")
                        .replaceAll("^[.-]+", "");
        String cut = plain.substring(Math.max(0, plain.length() - LONGEST_NAME));
        String name = cut.isEmpty() ? "file" : cut;
        String unlike = name;
        for (int n = 2; !taken.add(unlike); n++) {
            unlike = n + "-" + name;
        }
        return unlike;
    }
}
