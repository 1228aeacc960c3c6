package keystone.agent.cli;

import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Range;

/// The flags and words of a command, read off its annotations when the program is built.
///
/// Annotations are what flags are declared by, and reading them takes a third of a short command:
/// the JVM makes a class for each kind of them, in every run anew. The table says what a parser has
/// to know; what help has to know is in the help text, which is made in the same build.
final class FlagTable {
    /// Whose field it is: of the command, or of the flags that all have. Else it is the name of a
    /// field of the command, whose object has it.
    private static final String COMMAND = ".";

    private static final String EVERY_COMMAND = "*";

    private static final String SEPARATOR = "\t";

    /// @param names of a flag; empty for a word
    /// @param index which words (`0`, `1..*`); empty for a flag
    /// @param arity how many values it takes, as picocli writes it
    /// @param usual whether that follows from its type, and was not declared
    private record Row(
            String owner,
            String field,
            String names,
            String index,
            String arity,
            boolean usual,
            String label,
            boolean required,
            boolean hidden,
            boolean explains) {
        static Row parse(String line) {
            String[] parts = line.split(SEPARATOR, -1);
            return new Row(
                    parts[0],
                    parts[1],
                    parts[2],
                    parts[3],
                    parts[4],
                    Boolean.parseBoolean(parts[5]),
                    parts[6],
                    Boolean.parseBoolean(parts[7]),
                    Boolean.parseBoolean(parts[8]),
                    Boolean.parseBoolean(parts[9]));
        }

        Range values() {
            return Range.valueOf(arity).unspecified(usual);
        }

        String line() {
            return Stream.of(
                            owner, field, names, index, arity, usual, label, required, hidden,
                            explains)
                    .map(String::valueOf)
                    .reduce((left, right) -> left + SEPARATOR + right)
                    .orElseThrow();
        }
    }

    private final List<Row> rows;

    private FlagTable(List<Row> rows) {
        this.rows = List.copyOf(rows);
    }

    static FlagTable parse(String text) {
        return new FlagTable(text.lines().map(Row::parse).toList());
    }

    String text() {
        return String.join("\n", rows.stream().map(Row::line).toList());
    }

    /// Makes a table of what annotations of a command, and of the flags of every command, declare.
    static FlagTable of(CommandSpec declared, Action action, GlobalFlags flags) {
        return new FlagTable(
                declared.args().stream()
                        .filter(arg -> arg.userObject() instanceof Field)
                        .map(arg -> row(arg, action, flags))
                        .toList());
    }

    private static Row row(ArgSpec arg, Action action, GlobalFlags flags) {
        var field = (Field) arg.userObject();
        boolean isFlag = arg instanceof OptionSpec;
        return new Row(
                owner(field.getDeclaringClass(), action, flags),
                field.getName(),
                arg instanceof OptionSpec option ? String.join(" ", option.names()) : "",
                arg instanceof PositionalParamSpec word ? word.index().toString() : "",
                arg.arity().toString(),
                arg.arity().isUnspecified(),
                arg.paramLabel(),
                arg.required(),
                arg.hidden(),
                isFlag && ((OptionSpec) arg).usageHelp());
    }

    private static String owner(Class<?> declaring, Action action, GlobalFlags flags) {
        if (declaring.isInstance(action)) {
            return COMMAND;
        }
        if (declaring.isInstance(flags)) {
            return EVERY_COMMAND;
        }
        return Stream.of(action.getClass().getDeclaredFields())
                .filter(field -> field.getType() == declaring)
                .map(Field::getName)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("whose are the flags of " + declaring));
    }

    /// What a parser sets the fields of these objects by.
    CommandSpec bind(Action action, GlobalFlags flags) {
        CommandSpec spec = CommandSpec.create();
        for (Row row : rows) {
            Object owner =
                    switch (row.owner) {
                        case COMMAND -> action;
                        case EVERY_COMMAND -> flags;
                        default -> value(field(action.getClass(), row.owner), action);
                    };
            spec.add(arg(row, new Binding(owner, field(owner.getClass(), row.field))));
        }
        return spec;
    }

    /// The two builders have the same methods and no type in common that is public.
    private static ArgSpec arg(Row row, Binding binding) {
        Class<?> type = binding.field.getType();
        Class<?>[] elements = type == List.class ? elements(binding.field) : new Class<?>[0];
        return row.names.isEmpty()
                ? PositionalParamSpec.builder()
                        .index(row.index)
                        .arity(row.values())
                        .paramLabel(row.label)
                        .required(row.required)
                        .hidden(row.hidden)
                        .type(type)
                        .auxiliaryTypes(elements)
                        .hasInitialValue(false)
                        .getter(binding)
                        .setter(binding)
                        .build()
                : OptionSpec.builder(row.names.split(" ", -1))
                        .usageHelp(row.explains)
                        .arity(row.values())
                        .paramLabel(row.label)
                        .required(row.required)
                        .hidden(row.hidden)
                        .type(type)
                        .auxiliaryTypes(elements)
                        .hasInitialValue(false)
                        .getter(binding)
                        .setter(binding)
                        .build();
    }

    private static Class<?>[] elements(Field list) {
        var type = (ParameterizedType) list.getGenericType();
        return new Class<?>[] {(Class<?>) type.getActualTypeArguments()[0]};
    }

    /// Only what was said is set: a field has its own first value.
    private record Binding(Object owner, Field field) implements IGetter, ISetter {
        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        public <T> @Nullable T get() {
            return (T) value(field, owner);
        }

        @Override
        public <T> @Nullable T set(@Nullable T value) {
            try {
                field.set(owner, value);
            } catch (IllegalAccessException madeAccessible) {
                throw new IllegalStateException(madeAccessible);
            }
            return value;
        }
    }

    private static Field field(Class<?> type, String name) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new IllegalStateException(type + " has no field " + name);
    }

    private static Object value(Field field, Object owner) {
        try {
            return field.get(owner);
        } catch (IllegalAccessException madeAccessible) {
            throw new IllegalStateException(madeAccessible);
        }
    }
}
