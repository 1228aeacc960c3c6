package keystone.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Digest;

/// What we ourselves put into a guest, and the scripts that put it there: the files below `guest/`
/// in our jar, listed with their modes in `guest/index`.
final class GuestFiles {
    private static final String ROOT = "/guest/";
    private static final String ROOT_TREE = "rootfs/";
    private static final String DIGEST = "guest.digest";

    /// A file of ours.
    ///
    /// @param path below `guest/`
    /// @param mode permission bits
    record GuestFile(String path, int mode, String text) {
        byte[] content() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    private final List<GuestFile> files;

    GuestFiles(List<GuestFile> files) {
        this.files = List.copyOf(files);
    }

    static GuestFiles load() {
        var files = new ArrayList<GuestFile>();
        for (String line : words(read("index"))) {
            int space = line.indexOf(' ');
            String path = line.substring(space + 1);
            int mode = Integer.parseInt(line.substring(0, space), 8);
            files.add(new GuestFile(path, mode, read(path)));
        }
        return new GuestFiles(files);
    }

    private static String read(String path) {
        return resource(ROOT + path);
    }

    private static String resource(String path) {
        try (InputStream in = GuestFiles.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    /// The [#digest] of the files of this program. Every start asks for it, and reading twenty
    /// files from a jar to compute it takes 30 ms: the build has recorded it.
    static Digest recordedDigest() {
        return new Digest(resource("/" + DIGEST));
    }

    /// The build's step that records it.
    ///
    /// @param arguments the directory of the compiled classes
    static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0], DIGEST), load().digest().hex());
    }

    /// The lines of a list file, without comments.
    private static List<String> words(String text) {
        return text.lines()
                .map(String::strip)
                .filter(l -> !l.isEmpty() && l.charAt(0) != '#')
                .toList();
    }

    GuestFile file(String path) {
        return files.stream()
                .filter(file -> file.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("guest/index lacks " + path));
    }

    /// The entries of a list such as `packages`.
    List<String> list(String path) {
        return words(file(path).text());
    }

    /// The files that lie in the guest's root, with their paths there.
    List<GuestFile> rootTree() {
        return files.stream()
                .filter(file -> file.path().startsWith(ROOT_TREE))
                .map(f -> new GuestFile(f.path().substring(ROOT_TREE.length()), f.mode(), f.text()))
                .toList();
    }

    /// Changes with every path, mode and content.
    Digest digest() {
        var all = new StringBuilder();
        for (GuestFile file : files) {
            all.append(Integer.toOctalString(file.mode()))
                    .append(' ')
                    .append(file.path())
                    .append(' ')
                    .append(Digest.of(file.text()))
                    .append('\n');
        }
        return Digest.of(all.toString());
    }
}
