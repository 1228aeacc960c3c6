package keystone.agent.cli;

/// Whether words are coloured.
enum Style {
    PLAIN,
    COLOURED;

    String bold(String text) {
        return wrap("1", text);
    }

    String green(String text) {
        return wrap("32", text);
    }

    String yellow(String text) {
        return wrap("33", text);
    }

    String red(String text) {
        return wrap("31", text);
    }

    /// SGR (ECMA-48, 8.3.117).
    private String wrap(String code, String text) {
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
