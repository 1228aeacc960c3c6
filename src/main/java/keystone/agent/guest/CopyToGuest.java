package keystone.agent.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
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

    Copied copy(Path from, GuestPath to) throws InterruptedException {
        boolean tree = Files.isDirectory(from);
        if (!tree && !Files.isRegularFile(from)) {
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
            send(from, guest, tally);
            guest.finish();
            return tally.result();
        } catch (IOException e) {
            throw CopyFailure.of(
                    "copy `" + Printable.of(from.toString()) + "` into the sandbox `" + name + "`",
                    e);
        }
    }

    private static void send(Path from, CopyStream guest, CopyTally tally) throws IOException {
        try (OutputStream out = guest.toGuest()) {
            if (Files.isDirectory(from)) {
                TreeSender.tree(from, out, tally);
            } else {
                TreeSender.file(from, "file", out, tally);
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
