package keystone.agent.model;

import java.util.SortedMap;
import java.util.TreeMap;

/// The exact text that a project's devshell is evaluated from. A guest can write the files, so only
/// a copy that the user approved is ever evaluated on the host.
///
/// @param main the file that stands for the devshell, such as `flake.nix`
/// @param files name in the project to content
public record DevshellInputs(String main, SortedMap<String, String> files) {
    public DevshellInputs {
        files = new TreeMap<>(files);
        if (!files.containsKey(main)) {
            throw new IllegalArgumentException("without " + Printable.of(main));
        }
    }

    /// Covers names and contents, so that no two inputs have the same.
    public Digest digest() {
        var all = new StringBuilder(main).append('\n');
        files.forEach(
                (name, content) ->
                        all.append(name.length())
                                .append(' ')
                                .append(name)
                                .append(' ')
                                .append(content.length())
                                .append(' ')
                                .append(content)
                                .append('\n'));
        return Digest.of(all.toString());
    }
}
