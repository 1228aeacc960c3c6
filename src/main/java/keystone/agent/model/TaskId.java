package keystone.agent.model;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// Names a task, on this whole host and in file names.
public record TaskId(String value) {
    /// Without those that are taken for each other.
    private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

    private static final int LENGTH = 6;
    private static final Pattern FORM = Pattern.compile("[a-z0-9]{6}");

    public TaskId {
        if (!isValid(value)) {
            throw UserError.notFound(
                    "`" + Printable.of(value) + "` is not the id of a task",
                    "keystone-agent task list");
        }
    }

    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    public static TaskId draw(RandomGenerator random) {
        var id = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return new TaskId(id.toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
