package keystone.agent.jsonrpc;

import java.util.List;
import java.util.Map;
import keystone.agent.json.Json;

/// About how many bytes of memory a value takes: a line of a megabyte may be twenty as values.
final class Weight {
    private static final int OF_VALUE = 64;
    private static final int OF_CHARACTER = 2;

    private Weight() {}

    static long of(Json json) {
        return OF_VALUE
                + switch (json) {
                    case Json.Obj(Map<String, Json> members) -> {
                        long sum = 0;
                        for (Map.Entry<String, Json> each : members.entrySet()) {
                            sum += OF_VALUE + characters(each.getKey()) + of(each.getValue());
                        }
                        yield sum;
                    }
                    case Json.Arr(List<Json> items) -> {
                        long sum = 0;
                        for (Json each : items) {
                            sum += of(each);
                        }
                        yield sum;
                    }
                    case Json.Str(String text) -> characters(text);
                    default -> 0;
                };
    }

    private static long characters(String text) {
        return (long) OF_CHARACTER * text.length();
    }
}
