package keystone.agent.guest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Printable;

/// Counts while a copy goes on. Names are bytes, each as the character of the same number.
final class CopyTally {
    private static final int MOST_TOLD = 40;
    private static final int LONGEST = 300;

    private final List<String> leftOut = new ArrayList<>();
    private long files;
    private long bytes;
    private long untold;

    void copied(long size) {
        files++;
        bytes += size;
    }

    void leaveOut(String name, String why) {
        if (leftOut.size() < MOST_TOLD) {
            leftOut.add(readable(name) + " " + why);
        } else {
            untold++;
        }
    }

    Copied result() {
        if (untold > 0) {
            leftOut.add("and " + untold + " more");
        }
        return new Copied(files, bytes, leftOut);
    }

    /// For a person's eyes, whoever chose the name.
    static String readable(String name) {
        String cut = name.length() > LONGEST ? name.substring(0, LONGEST) + "…" : name;
        byte[] raw = cut.getBytes(StandardCharsets.ISO_8859_1);
        return "`" + Printable.of(new String(raw, StandardCharsets.UTF_8)) + "`";
    }
}
