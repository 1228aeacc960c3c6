package keystone.agent.egress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The first part of an HTTP message, to the letter (RFC 9112): whatever two readers could
/// understand differently is refused, not repaired.
///
/// @param start the first line
/// @param fields in their order
record HttpHead(String start, List<Field> fields) {
    private static final int MOST_FIELDS = 128;

    /// A name with nothing between it and its colon; a value without control characters. A line
    /// that continues the one before begins with a blank, and so is none.
    private static final Pattern FIELD =
            Pattern.compile(
                    "([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\\x00-\\x08\\x0a-\\x1f\\x7f]*)");

    HttpHead {
        fields = List.copyOf(fields);
    }

    record Field(String name, String value) {
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }

        /// Without the value, which may be a secret.
        @Override
        public String toString() {
            return "Field[" + name + "]";
        }
    }

    static HttpHead read(ByteSource line, int mostBytes) throws IOException, Malformed {
        var budget = new Budget(mostBytes);
        String start = line(line, budget);
        var fields = new ArrayList<Field>();
        for (String text = line(line, budget); !text.isEmpty(); text = line(line, budget)) {
            Matcher field = FIELD.matcher(text);
            if (!field.matches()) {
                throw new Malformed("a header line is malformed");
            }
            if (fields.size() == MOST_FIELDS) {
                throw new Malformed(Malformed.HEAD_TOO_LARGE, "there are too many header lines");
            }
            fields.add(new Field(field.group(1), field.group(2).stripTrailing()));
        }
        return new HttpHead(start, fields);
    }

    /// How many bytes may still come.
    static final class Budget {
        private int left;

        Budget(int bytes) {
            this.left = bytes;
        }

        private void spend() throws Malformed {
            left--;
            if (left < 0) {
                throw new Malformed(Malformed.HEAD_TOO_LARGE, "the header lines are too long");
            }
        }
    }

    /// One line without its end, which is CR and LF; neither stands anywhere else.
    static String line(ByteSource line, Budget budget) throws IOException, Malformed {
        var bytes = new StringBuilder();
        while (true) {
            int next = line.read();
            budget.spend();
            if (next < 0) {
                throw new Malformed("it ended within its header lines");
            }
            if (next == '\n') {
                throw new Malformed("a line ends without a carriage return");
            }
            if (next == '\r') {
                if (line.read() != '\n') {
                    throw new Malformed("a carriage return stands within a line");
                }
                return bytes.toString();
            }
            bytes.append((char) next);
        }
    }

    List<String> values(String name) {
        return fields.stream().filter(each -> each.is(name)).map(Field::value).toList();
    }

    /// As bytes of ISO 8859-1, which each of them was read as.
    byte[] bytes() {
        var text = new StringBuilder(start).append("\r\n");
        fields.forEach(
                each -> text.append(each.name()).append(": ").append(each.value()).append("\r\n"));
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Without what it says, which may be a secret.
    @Override
    public String toString() {
        return "HttpHead[" + fields.size() + " fields]";
    }
}
