package keystone.agent.guest;

import java.util.Map;
import java.util.TreeMap;

/// What the guest says of its own git directory: hostile, but only ever compared with what the host
/// says, and written back to the guest.
///
/// @param branches its own, as in [HostState]
/// @param remembered the host's branches as it was last told of them
/// @param head as in [HostState]; empty when it has just been made
/// @param staged whether its index differs from the commit it stands on
record GuestRefs(
        Map<String, String> branches,
        Map<String, String> remembered,
        Map<String, String> tags,
        String head,
        boolean staged) {
    private static final String HEADS = "refs/heads/";
    private static final String HOST = "refs/remotes/host/";
    private static final String TAGS = "refs/tags/";

    /// Reads what [GuestScript#REFS] prints: a word for the kind of each line, and the rest.
    static GuestRefs parse(String output) {
        var branches = new TreeMap<String, String>();
        var remembered = new TreeMap<String, String>();
        var tags = new TreeMap<String, String>();
        String head = "";
        boolean staged = false;
        for (String line : output.lines().toList()) {
            String[] word = line.split(" ", 3);
            switch (word[0]) {
                case "head" -> head = line.substring("head".length()).strip();
                case "staged" -> staged = true;
                case "ref" -> {
                    if (word.length == 3 && HostState.isObject(word[1])) {
                        put(word[2], word[1], HEADS, branches);
                        put(word[2], word[1], HOST, remembered);
                        put(word[2], word[1], TAGS, tags);
                    }
                }
                default -> {
                    // Noise of a shell's start-up files.
                }
            }
        }
        return new GuestRefs(branches, remembered, tags, head, staged);
    }

    private static void put(String ref, String object, String below, Map<String, String> all) {
        if (ref.startsWith(below)) {
            all.put(ref.substring(below.length()), object);
        }
    }

    boolean isNew() {
        return head.isEmpty();
    }
}
