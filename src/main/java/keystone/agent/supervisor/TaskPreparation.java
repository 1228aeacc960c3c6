package keystone.agent.supervisor;

import java.util.List;
import java.util.Optional;
import keystone.agent.guest.GuestAttachments;
import keystone.agent.model.Task;
import keystone.agent.store.TaskDir;
import keystone.agent.task.Attachment;
import org.jspecify.annotations.Nullable;

/// Makes a task's place before its agent begins. That may take minutes, for which whoever ends the
/// task does not wait. Thread-safe.
final class TaskPreparation {
    private final Task task;
    private final TaskDir files;
    private final Workplace place;
    private @Nullable Thread working;
    private boolean unwanted;

    TaskPreparation(Task task, TaskDir files, Workplace place) {
        this.task = task;
        this.files = files;
        this.place = place;
    }

    /// The files that come with its prompt, here and in the guest.
    List<Attachment> attached() {
        String where = GuestAttachments.directory(task.id());
        return files.attached().stream()
                .map(each -> new Attachment(each, where + "/" + each.getFileName()))
                .toList();
    }

    /// Makes it.
    ///
    /// @return what there was none of, a printable sentence each; empty when it was cut short
    Optional<List<String>> make() throws InterruptedException {
        if (!begin()) {
            return Optional.empty();
        }
        try {
            place.prepare(task);
            return Optional.of(place.furnish(task, files.attached()));
        } catch (InterruptedException cut) {
            if (!isUnwanted()) {
                throw cut;
            }
            return Optional.empty();
        } finally {
            end();
        }
    }

    private synchronized boolean begin() {
        working = unwanted ? null : Thread.currentThread();
        return !unwanted;
    }

    private synchronized boolean isUnwanted() {
        return unwanted;
    }

    private synchronized void end() {
        working = null;
        // An interrupt that came too late must not hit what follows: it would close the log.
        boolean _ = Thread.interrupted();
    }

    /// Nobody wants it any more.
    synchronized void cutShort() {
        unwanted = true;
        if (working != null) {
            working.interrupt();
        }
    }
}
