package keystone.agent.json;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;

/// Reads one JSON value. Refused: duplicate members, anything after the value, nesting beyond 64,
/// numbers beyond 64 characters, more values than are wanted.
final class JsonReader {
    private static final int DEEPEST = 64;
    private static final int LONGEST_NUMBER = 64;

    /// An empty object takes two bytes to send and eighty to keep.
    static final int MOST_VALUES = 200_000;

    private final com.google.gson.stream.JsonReader tokens;
    private final int most;
    private int values;

    private JsonReader(String text, int most) {
        this.most = most;
        tokens = new com.google.gson.stream.JsonReader(new StringReader(text));
        tokens.setStrictness(Strictness.STRICT);
        tokens.setNestingLimit(DEEPEST);
    }

    /// @param most values in all
    static Json parse(String text, int most) {
        var reader = new JsonReader(text, most);
        try {
            Json value = reader.value();
            if (reader.tokens.peek() != JsonToken.END_DOCUMENT) {
                throw new JsonException("something follows the JSON value");
            }
            return value;
        } catch (IOException malformed) {
            throw new JsonException("the text is not valid JSON", malformed);
        }
    }

    private Json value() throws IOException {
        values++;
        if (values > most) {
            throw new JsonException("there are more than " + most + " values");
        }
        return switch (tokens.peek()) {
            case BEGIN_OBJECT -> object();
            case BEGIN_ARRAY -> array();
            case STRING -> new Json.Str(tokens.nextString());
            case NUMBER -> number(tokens.nextString());
            case BOOLEAN -> new Json.Bool(tokens.nextBoolean());
            case NULL -> {
                tokens.nextNull();
                yield new Json.Null();
            }
            case END_OBJECT, END_ARRAY, NAME, END_DOCUMENT ->
                    throw new JsonException("the text is not valid JSON");
        };
    }

    private static Json number(String text) {
        if (text.length() > LONGEST_NUMBER) {
            throw new JsonException("a number has more than " + LONGEST_NUMBER + " characters");
        }
        try {
            return new Json.Int(Long.parseLong(text));
        } catch (NumberFormatException notWhole) {
            return decimal(text);
        }
    }

    private static Json decimal(String text) {
        try {
            return new Json.Num(new BigDecimal(text));
        } catch (NumberFormatException outOfRange) {
            throw new JsonException("a number is out of range", outOfRange);
        }
    }

    private Json.Obj object() throws IOException {
        Json.Obj object = Json.object();
        tokens.beginObject();
        while (tokens.hasNext()) {
            String name = tokens.nextName();
            if (object.members().containsKey(name)) {
                throw new JsonException("a member is there twice");
            }
            object.with(name, value());
        }
        tokens.endObject();
        return object;
    }

    private Json.Arr array() throws IOException {
        Json.Arr array = Json.array();
        tokens.beginArray();
        while (tokens.hasNext()) {
            array.add(value());
        }
        tokens.endArray();
        return array;
    }
}
