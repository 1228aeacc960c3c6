package keystone.agent.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the files say of all tasks.
///
/// @param stall how long an agent may be silent; null where nobody said
/// @param copies as in [TaskExtras]
public record TaskDefaults(
        @Nullable Duration stall, TaskExtras.Notices notices, List<String> copies) {
    public static final TaskDefaults NONE =
            new TaskDefaults(null, TaskExtras.Notices.DESKTOP, List.of());

    public TaskDefaults {
        copies = List.copyOf(copies);
    }
}
