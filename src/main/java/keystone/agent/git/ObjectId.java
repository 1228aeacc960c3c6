package keystone.agent.git;

import java.util.regex.Pattern;

/// The name of a git object: 40 hexadecimal digits of SHA-1.
public record ObjectId(String hex) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{40}");

    /// What `update-ref` takes for "there is none yet".
    static final ObjectId NONE = new ObjectId("0".repeat(40));

    /// The tree without entries, which git knows without having it.
    static final ObjectId EMPTY_TREE = new ObjectId("4b825dc642cb6eb9a060e54bf8d69288fbee4904");

    public ObjectId {
        if (!isValid(hex)) {
            throw new IllegalArgumentException("not an object's name");
        }
    }

    static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public String toString() {
        return hex;
    }
}
