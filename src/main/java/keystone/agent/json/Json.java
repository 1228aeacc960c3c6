package keystone.agent.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A JSON value. Immutable, except [Obj] and [Arr] while they are being built by one thread.
///
/// The accessors (`string("name")`, `number("pid")` …) throw [JsonException] that names the member,
/// so that a malformed message is refused with a sentence instead of a class cast.
public sealed interface Json {
    /// An object; members keep their order.
    record Obj(Map<String, Json> members) implements Json {
        public Obj with(String name, @Nullable Json value) {
            members.put(name, value == null ? new Null() : value);
            return this;
        }

        public Obj with(String name, @Nullable String value) {
            return with(name, value == null ? null : new Str(value));
        }

        public Obj with(String name, long value) {
            return with(name, new Int(value));
        }

        public Obj with(String name, boolean value) {
            return with(name, new Bool(value));
        }

        /// The member, or null when it is absent or JSON's `null`.
        public @Nullable Json get(String name) {
            Json value = members.get(name);
            return value instanceof Null ? null : value;
        }

        public String string(String name) {
            return require(name).asString(name);
        }

        public @Nullable String stringOrNull(String name) {
            Json value = get(name);
            return value == null ? null : value.asString(name);
        }

        public long number(String name) {
            return require(name).asLong(name);
        }

        public @Nullable Long numberOrNull(String name) {
            Json value = get(name);
            return value == null ? null : value.asLong(name);
        }

        public boolean bool(String name) {
            if (require(name) instanceof Bool(boolean value)) {
                return value;
            }
            throw new JsonException("`" + name + "` is not true or false");
        }

        public Obj object(String name) {
            if (require(name) instanceof Obj object) {
                return object;
            }
            throw new JsonException("`" + name + "` is not an object");
        }

        public List<Json> array(String name) {
            if (require(name) instanceof Arr(List<Json> items)) {
                return Collections.unmodifiableList(items);
            }
            throw new JsonException("`" + name + "` is not an array");
        }

        private Json require(String name) {
            Json value = get(name);
            if (value == null) {
                throw new JsonException("`" + name + "` is missing");
            }
            return value;
        }
    }

    /// An array.
    record Arr(List<Json> items) implements Json {
        public Arr add(Json item) {
            items.add(item);
            return this;
        }

        public Arr add(String item) {
            return add(new Str(item));
        }
    }

    record Str(String value) implements Json {}

    /// A whole number of 64 bits: all that we write.
    record Int(long value) implements Json {}

    /// Any other number.
    record Num(BigDecimal value) implements Json {}

    record Bool(boolean value) implements Json {}

    record Null() implements Json {}

    static Obj object() {
        return new Obj(new LinkedHashMap<>());
    }

    static Arr array() {
        return new Arr(new ArrayList<>());
    }

    static <T> Arr array(Iterable<T> items, Function<T, Json> toJson) {
        Arr array = array();
        items.forEach(item -> array.add(toJson.apply(item)));
        return array;
    }

    static Json string(String value) {
        return new Str(value);
    }

    static Json number(long value) {
        return new Int(value);
    }

    /// Reads exactly one value; see [JsonReader] for what is refused.
    static Json parse(String text) {
        return JsonReader.parse(text, JsonReader.MOST_VALUES);
    }

    /// The same for a text of somebody who may send many at once.
    ///
    /// @param most values in all
    static Json parse(String text, int most) {
        return JsonReader.parse(text, most);
    }

    default Obj asObject() {
        if (this instanceof Obj object) {
            return object;
        }
        throw new JsonException("an object was expected");
    }

    /// The text of a string.
    ///
    /// @param what names the value in the error
    default String asString(String what) {
        if (this instanceof Str(String value)) {
            return value;
        }
        throw new JsonException("`" + what + "` is not a string");
    }

    /// The value of a whole number.
    ///
    /// @param what names the value in the error
    default long asLong(String what) {
        if (this instanceof Int(long value)) {
            return value;
        }
        if (this instanceof Num(BigDecimal value)) {
            try {
                return value.longValueExact(); // 1e3
            } catch (ArithmeticException notWhole) {
                throw new JsonException("`" + what + "` is not a whole number in range", notWhole);
            }
        }
        throw new JsonException("`" + what + "` is not a number");
    }

    /// The value on one line, without insignificant white space.
    default String compact() {
        return JsonWriter.write(this, false);
    }

    /// The value over several lines, indented by two spaces.
    default String pretty() {
        return JsonWriter.write(this, true);
    }
}
