package keystone.agent.guest;

import java.util.ArrayList;
import java.util.List;

/// What names from a guest may say.
final class TreeNames {
    private TreeNames() {}

    /// The parts of a path below the receiving directory: `top`, then those of the entry's name.
    static List<String> parts(String top, String name) throws TarReader.NotTar {
        if (name.startsWith("/")) {
            throw new TarReader.NotTar("the name " + CopyTally.readable(name) + " leads outside");
        }
        var parts = new ArrayList<String>(List.of(top));
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                throw new TarReader.NotTar(
                        "the name " + CopyTally.readable(name) + " leads outside");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return parts;
    }

    /// Whether a link leads to a place in what is copied, wherever other links there lead: it goes
    /// up first, no further than to the top, and then only down.
    ///
    /// @param depth of the directory it is in, 0 for the top
    static boolean staysInside(String link, int depth) {
        if (link.isEmpty() || link.startsWith("/")) {
            return false;
        }
        int up = 0;
        boolean down = false;
        for (String part : link.split("/", -1)) {
            if (part.equals("..")) {
                if (down || ++up > depth) {
                    return false;
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                down = true;
            }
        }
        return true;
    }
}
