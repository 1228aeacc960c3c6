package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Columns under headings, two spaces apart.
final class Table {
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9]*m");

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    /// The lines, the headings first; no spaces at their ends.
    List<String> lines() {
        int columns = rows.getFirst().size();
        var widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        var lines = new ArrayList<String>(rows.size());
        for (List<String> row : rows) {
            lines.add(line(row, widths));
        }
        return lines;
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(row.get(i));
            line.append(" ".repeat(widths[i] - width(row.get(i)) + 2));
        }
        return line.toString().stripTrailing();
    }

    /// Without colours, which take no room.
    private static int width(String cell) {
        String bare = cell.indexOf('\u001b') < 0 ? cell : COLOUR.matcher(cell).replaceAll("");
        return bare.codePointCount(0, bare.length());
    }
}
