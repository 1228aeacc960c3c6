package keystone.agent.config;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.Digest;
import keystone.agent.model.Printable;
import org.jspecify.annotations.Nullable;

/// A project's `.keystone/agent.toml`, read once: what was shown, what was approved and what takes
/// effect are the same bytes.
///
/// A guest can write the file. Only a [Usable] one takes effect, and only this room makes one: from
/// no file at all, or from exact content that the user approved.
public sealed interface ProjectFile {
    /// May take effect.
    sealed interface Usable extends ProjectFile {}

    /// There is none.
    final class Absent implements Usable {
        Absent() {}
    }

    /// Its exact content was approved.
    final class Approved implements Usable {
        private final Content content;

        Approved(Content content) {
            this.content = content;
        }

        Content content() {
            return content;
        }

        /// Fit to be printed.
        public String shownPath() {
            return content.shownPath();
        }

        public Digest digest() {
            return content.digest();
        }
    }

    /// Was not approved, or has changed since.
    final class Unapproved implements ProjectFile {
        private final Content content;
        private final @Nullable String before;

        /// One that waits for its approval.
        ///
        /// @param before what was approved last; null when nothing was
        Unapproved(Content content, @Nullable String before) {
            this.content = content;
            this.before = before;
        }

        Content content() {
            return content;
        }

        /// Fit to be printed.
        public String shownPath() {
            return content.shownPath();
        }

        public Digest digest() {
            return content.digest();
        }

        /// Whether an earlier content was approved, so that [#toShow] is a comparison with it.
        public boolean isChange() {
            return before != null;
        }

        /// The content, or what changed since the last approval, line by line, fit to be printed.
        public List<String> toShow() {
            return before == null
                    ? LineDiff.lines(content.text()).stream().map(Printable::of).toList()
                    : LineDiff.between(before, content.text()).stream().map(Printable::of).toList();
        }
    }

    /// What the file held in the moment it was read.
    ///
    /// @param project real path
    record Content(Path project, String text) {
        Digest digest() {
            return Digest.of(text);
        }

        String shownPath() {
            return Printable.of(project.resolve(ProjectFiles.FOLDER + "/agent.toml").toString());
        }
    }
}
