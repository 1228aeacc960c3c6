package keystone.agent.guest;

import java.util.List;

/// What a copy brought over.
///
/// @param files regular files and links
/// @param bytes of their content
/// @param leftOut what was not copied, a printable sentence each; cut after some dozens
public record Copied(long files, long bytes, List<String> leftOut) {
    public Copied {
        leftOut = List.copyOf(leftOut);
    }
}
