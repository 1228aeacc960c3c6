package keystone.agent.model;

/// A file for the home directory of a guest's user. Immutable.
public final class HomeFile {
    private final String path;
    private final int mode;
    private final byte[] content;

    /// Is of plain names, so that it never leads out.
    ///
    /// @param path below the home
    /// @param mode permission bits
    public HomeFile(String path, int mode, byte[] content) {
        for (String name : path.split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("\n")) {
                throw new IllegalArgumentException("not a path below a home: " + path);
            }
        }
        this.path = path;
        this.mode = mode;
        this.content = content.clone();
    }

    public String path() {
        return path;
    }

    public int mode() {
        return mode;
    }

    public byte[] content() {
        return content.clone();
    }
}
