package keystone.agent.changes;

import java.util.EnumSet;
import java.util.Set;
import keystone.agent.process.Inotify;
import keystone.agent.process.Inotify.Mask;

/// What an event says of an entry.
enum Sign {
    /// Something was written, or its time was set: a nudge in the guest shows as this, too.
    MODIFIED(Mask.MODIFY),
    /// Somebody who may have written closed it.
    CLOSED(Mask.CLOSE_WRITE),
    ATTRIBUTES(Mask.ATTRIB),
    /// It came to be, or went.
    ENTRY(Mask.CREATE | Mask.DELETE | Mask.MOVED_FROM | Mask.MOVED_TO);

    private final int bits;

    Sign(int bits) {
        this.bits = bits;
    }

    static Set<Sign> of(Inotify.Event event) {
        Set<Sign> signs = EnumSet.noneOf(Sign.class);
        for (Sign each : values()) {
            if (event.has(each.bits)) {
                signs.add(each);
            }
        }
        return signs;
    }
}
