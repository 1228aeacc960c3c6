package keystone.agent.git;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One path that differs between two trees.
///
/// @param oldEntry mode and object, as in an index; of [#NONE] when there is none
/// @param path in the form of [keystone.agent.process.RawPath#nameOf]
record FileChange(String oldEntry, String newEntry, String path) {
    /// Of a path that is not there.
    static final String NONE = "000000 " + ObjectId.NONE.hex();

    private static final String GITLINK = "160000 ";

    boolean removes() {
        return newEntry.equals(NONE);
    }

    /// Whether git would write a file for it.
    boolean makesFile() {
        return !removes() && !newEntry.startsWith(GITLINK);
    }

    /// For `update-index -z --index-info`; as bytes, what [#path] is as bytes.
    String instruction() {
        return newEntry + '\t' + path + '\0';
    }

    /// Reads what `diff-tree -r -z --raw --no-abbrev --no-renames` prints: a change's description
    /// and its path alternate.
    static final class Reader implements Consumer<String> {
        private static final int FIELDS = 5;

        private final Consumer<FileChange> changes;
        private String @Nullable [] description;

        Reader(Consumer<FileChange> changes) {
            this.changes = changes;
        }

        @Override
        public void accept(String field) {
            if (description != null) {
                String[] of = description;
                description = null;
                changes.accept(new FileChange(of[0] + " " + of[2], of[1] + " " + of[3], field));
            } else if (field.startsWith(":")) {
                String[] words = field.substring(1).split(" ", FIELDS);
                description = words.length == FIELDS ? words : null;
            }
        }
    }
}
