package keystone.agent.workspace;

import java.nio.file.Path;

/// What an editor is to open.
public sealed interface EditorPlace {
    /// A directory or a file.
    enum Kind {
        DIRECTORY,
        FILE
    }

    Kind kind();

    /// Counted from one; 0 is none.
    int line();

    /// As the editor names it to itself.
    String path();

    /// In a guest, through the user's own ssh.
    ///
    /// @param host what ssh knows it as
    /// @param path absolute
    record InGuest(String host, String user, String path, Kind kind, int line)
            implements EditorPlace {}

    /// On this host.
    record OnHost(Path file, Kind kind, int line) implements EditorPlace {
        @Override
        public String path() {
            return file.toString();
        }
    }

    /// `PATH:LINE`, or the path alone.
    default String withLine() {
        return line() == 0 ? path() : path() + ":" + line();
    }
}
