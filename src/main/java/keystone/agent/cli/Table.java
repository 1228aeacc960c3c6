package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;

/// Columns under headings, two spaces apart.
final class Table {
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
        return rows.stream().map(row -> line(row, widths)).toList();
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
        String bare = cell.replaceAll("\u001b\\[[0-9]*m", "");
        return bare.codePointCount(0, bare.length());
    }
}
