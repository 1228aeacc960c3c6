package keystone.agent.cli;

import keystone.agent.model.Printable;

/// How wide what a person looks at is.
final class Screen {
    private static final int USUAL = 80;
    private static final int LEAST = 40;
    private static final int MOST = 500;

    private Screen() {}

    /// What the shell says, when it says so; else what every terminal has.
    static int columns(Surroundings around) {
        String said = around.variable("COLUMNS");
        if (!said.matches("[0-9]{1,4}")) {
            return USUAL;
        }
        return Math.clamp(Integer.parseInt(said), LEAST, MOST);
    }

    /// Several lines as one, fit to be printed.
    static String oneLine(String text) {
        return Printable.of(text.strip().replaceAll("\\s*\n\\s*", "; "));
    }

    /// Cut to a width; what is cut off shows as `…`.
    static String fit(String text, int width) {
        int length = text.codePointCount(0, text.length());
        if (length <= width) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
    }

    /// Cut at its beginning, because a path's end says more.
    static String fitPath(String path, int width) {
        int length = path.codePointCount(0, path.length());
        if (length <= width) {
            return path;
        }
        return "…" + path.substring(path.offsetByCodePoints(0, length - width + 1));
    }
}
