package keystone.agent.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import keystone.agent.model.HomeFile;
import keystone.agent.model.SandboxName;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// Puts files into the home directory of a guest's user, and takes away what an earlier time put
/// there and this one does not.
public final class GuestHome {
    /// What was put there, a path a line.
    private static final String LIST = ".cache/keystone/brought";

    /// In one command: whoever looks meanwhile sees the old or the new, or for a moment neither.
    private static final String SCRIPT =
            """
            cd || exit
            [ ! -f %1$s ] || while IFS= read -r each; do rm -f -- "$each"; done <%1$s
            exec tar -xf - --no-same-owner --unlink-first
            """
                    .formatted(LIST);

    private static final int LIST_MODE = 0644;

    private GuestHome() {}

    /// Puts them there.
    ///
    /// @param config of the connection that the sandbox's supervisor keeps
    /// @throws keystone.agent.model.UserError when the guest cannot be reached
    public static void put(SandboxName name, Path config, List<HomeFile> files)
            throws InterruptedException {
        try (var guest = new CopyStream(name, config, SCRIPT)) {
            send(files, guest);
            guest.finish();
        } catch (IOException e) {
            throw CopyFailure.of(name, "put files into the home of `" + name + "`", e);
        }
    }

    private static void send(List<HomeFile> files, CopyStream guest) throws IOException {
        String list = files.stream().map(each -> each.path() + "\n").collect(Collectors.joining());
        try (var tar = archive(guest.toGuest())) {
            for (HomeFile each : files) {
                put(tar, each);
            }
            put(tar, new HomeFile(LIST, LIST_MODE, list.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            if (!guest.stoppedTaking()) {
                throw e;
            }
            // The guest gave up first, and says why.
        }
    }

    private static TarArchiveOutputStream archive(OutputStream out) {
        var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        return tar;
    }

    private static void put(TarArchiveOutputStream tar, HomeFile file) throws IOException {
        byte[] content = file.content();
        var entry = new TarArchiveEntry(file.path());
        entry.setMode((TarArchiveEntry.DEFAULT_FILE_MODE & ~0777) | file.mode());
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
