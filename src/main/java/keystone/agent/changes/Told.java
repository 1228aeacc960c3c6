package keystone.agent.changes;

import java.util.LinkedHashMap;
import java.util.Map;

/// Which version of a file the guest was told of last. When it is nudged for it, the file's time is
/// set to what it is, which shows here as one more modification: an echo, of the same version.
final class Told {
    private static final int MOST = 4_000;

    private final Map<String, Long> modified =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > MOST;
                }
            };

    boolean has(String path, long time) {
        return Long.valueOf(time).equals(modified.get(path));
    }

    void remember(String path, long time) {
        modified.remove(path);
        modified.put(path, time);
    }
}
