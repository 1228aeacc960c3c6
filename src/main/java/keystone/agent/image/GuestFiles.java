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

/// What we ourselves put into a guest, and the scripts that put it there: the files of a folder in
/// our jar, listed with their modes in its `index`.
final class GuestFiles {
    private static final String GUEST = "guest";
    private static final String AGENTS = "agents";
    private static final String ROOT_TREE = "rootfs/";

    /// A file of ours.
    ///
    /// @param path below the folder
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

    /// Reads those of the base image.
    static GuestFiles load() {
        return load(GUEST);
    }

    /// Reads those of the agents layer.
    static GuestFiles ofAgents() {
        return load(AGENTS);
    }

    private static GuestFiles load(String folder) {
        var files = new ArrayList<GuestFile>();
        for (String line : words(resource("/" + folder + "/index"))) {
            int space = line.indexOf(' ');
            String path = line.substring(space + 1);
            int mode = Integer.parseInt(line.substring(0, space), 8);
            files.add(new GuestFile(path, mode, resource("/" + folder + "/" + path)));
        }
        return new GuestFiles(files);
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

    /// The [#digest] of the base image's files. Every start asks for it, and reading twenty files
    /// from a jar to compute it takes 30 ms: the build has recorded it.
    static Digest recordedDigest() {
        return recorded(GUEST);
    }

    /// The same of the agents layer's.
    static Digest recordedDigestOfAgents() {
        return recorded(AGENTS);
    }

    private static Digest recorded(String folder) {
        return new Digest(resource("/" + folder + ".digest"));
    }

    /// The build's step that records it.
    ///
    /// @param arguments the directory of the compiled classes
    static void main(String[] arguments) throws IOException {
        for (String folder : List.of(GUEST, AGENTS)) {
            Path file = Path.of(arguments[0], folder + ".digest");
            Files.writeString(file, load(folder).digest().hex());
        }
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
                .orElseThrow(() -> new IllegalStateException("the index lacks " + path));
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
