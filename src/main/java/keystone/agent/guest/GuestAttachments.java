package keystone.agent.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.model.TaskId;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// Files that come with a task's prompt, beside its worktree: in it, they would be committed.
public final class GuestAttachments {
    private GuestAttachments() {}

    /// Where a task's are.
    public static String directory(TaskId task) {
        return "/worktrees/.attached/" + task;
    }

    /// Puts them there.
    ///
    /// @param config of the connection that the sandbox's supervisor keeps
    /// @param files with plain names
    /// @throws keystone.agent.model.UserError when the guest cannot be reached, or has no room
    public static void put(SandboxName name, Path config, TaskId task, List<Path> files)
            throws InterruptedException {
        try (var guest = new CopyStream(name, config, script(task))) {
            send(files, guest);
            guest.finish();
        } catch (IOException e) {
            throw CopyFailure.of(name, "put the files of a prompt into `" + name + "`", e);
        }
    }

    private static String script(TaskId task) {
        return """
        [ -d /worktrees ] || sudo -n install -d -o "$(id -u)" -g "$(id -g)" -- /worktrees || exit
        mkdir -p %1$s && cd %1$s && exec tar -xf - --no-same-owner --unlink-first
        """
                .formatted(directory(task));
    }

    private static void send(List<Path> files, CopyStream guest) throws IOException {
        try (OutputStream out = guest.toGuest();
                var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            for (Path each : files) {
                var entry = new TarArchiveEntry(String.valueOf(each.getFileName()));
                entry.setSize(Files.size(each));
                tar.putArchiveEntry(entry);
                Files.copy(each, tar);
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            if (!guest.stoppedTaking()) {
                throw e;
            }
            // The guest gave up first, and says why.
        }
    }
}
