package keystone.agent.json;

import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;

/// Writes JSON as ASCII: everything else is escaped, so no terminal or log can be confused by it.
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final boolean indented;

    private JsonWriter(boolean indented) {
        this.indented = indented;
    }

    static String write(Json value, boolean indented) {
        var writer = new JsonWriter(indented);
        writer.value(value, 0);
        return writer.out.toString();
    }

    /// No switch: its first use makes a class, and every command that asks a supervisor comes by
    /// here.
    private void value(Json value, int depth) {
        if (value instanceof Json.Obj object) {
            object(object, depth);
        } else if (value instanceof Json.Arr array) {
            array(array, depth);
        } else if (value instanceof Json.Str string) {
            string(string.value());
        } else {
            out.append(scalar(value));
        }
    }

    private static String scalar(Json value) {
        if (value instanceof Json.Int number) {
            return Long.toString(number.value());
        }
        if (value instanceof Json.Bool bool) {
            return Boolean.toString(bool.value());
        }
        // Not toPlainString: 1e999999999 would become a gigabyte of zeros.
        return value instanceof Json.Num number ? number.value().toString() : "null";
    }

    private void object(Json.Obj object, int depth) {
        Iterator<Map.Entry<String, Json>> members = object.members().entrySet().iterator();
        out.append('{');
        for (String separator = ""; members.hasNext(); separator = ",") {
            Map.Entry<String, Json> member = members.next();
            out.append(separator);
            line(depth + 1);
            string(member.getKey());
            out.append(indented ? ": " : ":");
            value(member.getValue(), depth + 1);
        }
        close('}', object.members().isEmpty(), depth);
    }

    private void array(Json.Arr array, int depth) {
        out.append('[');
        String separator = "";
        for (Json item : array.items()) {
            out.append(separator);
            line(depth + 1);
            value(item, depth + 1);
            separator = ",";
        }
        close(']', array.items().isEmpty(), depth);
    }

    private void close(char bracket, boolean empty, int depth) {
        if (!empty) {
            line(depth);
        }
        out.append(bracket);
    }

    private void line(int depth) {
        if (indented) {
            out.append('\n').append("  ".repeat(depth));
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c > '~') {
                        out.append("\\u").append(HexFormat.of().toHexDigits(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
