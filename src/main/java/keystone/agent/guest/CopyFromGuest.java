package keystone.agent.guest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.DiskRoom;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.RawPath;

/// Files of the guest onto the host, as [CopyToGuest] does it the other way; what arrives is laid
/// out by [TreeReceiver], which trusts none of it.
final class CopyFromGuest {
    /// Trailing zeros of GNU tar's record.
    private static final int PADDING = 64 << 10;

    private final SandboxName name;
    private final Path config;

    CopyFromGuest(SandboxName name, Path config) {
        this.name = name;
        this.config = config;
    }

    /// Copies.
    ///
    /// @param links takes the links out of a path of the host, or refuses it
    Copied copy(GuestPath from, Path to, UnaryOperator<Path> links) throws InterruptedException {
        var tally = new CopyTally();
        try (var guest =
                new CopyStream(name, config, CopyScript.of(CopyScript.SEND, from.shellWord()))) {
            Path target = target(from, to.toAbsolutePath(), links);
            try {
                receive(guest.fromGuest(), target, tally);
            } catch (EOFException cut) {
                guest.finish();
                throw cut;
            }
            guest.finish();
            return tally.result();
        } catch (IOException e) {
            throw CopyFailure.of(
                    name,
                    "copy `" + Printable.of(from.text()) + "` out of the sandbox `" + name + "`",
                    e);
        }
    }

    /// Where the copy itself goes: a name in a directory that exists, on a way without links.
    private static Path target(GuestPath from, Path given, UnaryOperator<Path> links) {
        Path to = given.toAbsolutePath();
        if (!Files.isDirectory(to)) {
            Path parent = to.getParent();
            Path name = to.getFileName();
            if (parent == null || name == null || !Files.isDirectory(parent)) {
                throw UserError.failed(
                        "there is no directory `" + Printable.of(String.valueOf(parent)) + "`",
                        ShellWord.line(List.of("mkdir", "-p", String.valueOf(parent))));
            }
            return links.apply(parent).resolve(name);
        }
        Path directory = links.apply(to);
        String last = from.lastName();
        if (last.equals(".")) {
            return directory;
        }
        byte[] bytes = last.getBytes(StandardCharsets.UTF_8);
        return directory.resolve(RawPath.ofName(new String(bytes, StandardCharsets.ISO_8859_1)));
    }

    private static void receive(InputStream in, Path target, CopyTally tally) throws IOException {
        Path parent = target.getParent();
        Path top = target.getFileName();
        if (parent == null || top == null) {
            throw UserError.usage("nothing can be copied over /", "name a directory");
        }
        long room = DiskRoom.of(parent).usable();
        try (var receiver =
                new TreeReceiver(OpenDirectory.withoutLinks(parent), RawPath.nameOf(top), tally)) {
            receiver.takeAll(new TarReader(in), room);
        }
        in.readNBytes(PADDING);
    }
}
