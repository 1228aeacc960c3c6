package keystone.agent.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.RawPath;

/// Files of the host into the guest, as a tar over the shared connection.
///
/// As with `cp`: an existing directory as the destination means into it, under the source's name,
/// and a source that ends in `/.` means what is in it.
final class CopyToGuest {
    private final SandboxName name;
    private final Path config;

    CopyToGuest(SandboxName name, Path config) {
        this.name = name;
        this.config = config;
    }

    /// Copies.
    ///
    /// @param from as it was named, which says what the copy is called
    /// @param real the same without links
    Copied copy(Path from, Path real, GuestPath to) throws InterruptedException {
        boolean tree = Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS);
        if (!tree && !Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
            throw UserError.failed(
                    "there is no file or directory `" + Printable.of(from.toString()) + "`",
                    "check the path");
        }
        String script =
                CopyScript.of(
                        tree ? CopyScript.RECEIVE_TREE : CopyScript.RECEIVE_FILE,
                        to.shellWord(),
                        ShellWord.of(sourceName(from)));
        var tally = new CopyTally();
        try (var guest = new CopyStream(name, config, script)) {
            send(real, guest, tally);
            guest.finish();
            return tally.result();
        } catch (IOException e) {
            throw CopyFailure.of(
                    name,
                    "copy `" + Printable.of(from.toString()) + "` into the sandbox `" + name + "`",
                    e);
        }
    }

    private static void send(Path real, CopyStream guest, CopyTally tally) throws IOException {
        try (OutputStream out = guest.toGuest()) {
            if (Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
                TreeSender.tree(real, out, tally);
            } else {
                TreeSender.file(real, "file", out, tally);
            }
        } catch (IOException e) {
            if (!guest.stoppedTaking()) {
                throw e;
            }
            // The guest gave up first, and says why.
        }
    }

    private static byte[] sourceName(Path from) {
        Path last = from.getFileName();
        if (last == null || last.toString().equals("..")) {
            throw UserError.usage(
                    "`" + from + "` does not say what the copy shall be called",
                    "name the directory itself, or add `/.` for what is in it");
        }
        return RawPath.nameOf(last).getBytes(StandardCharsets.ISO_8859_1);
    }
}
