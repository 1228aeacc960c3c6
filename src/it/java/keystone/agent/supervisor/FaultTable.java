package keystone.agent.supervisor;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What came of each cell: phase × victim → outcome.
final class FaultTable {
    private static final String NOT_RUN = "not run";
    private static final String NONE_THERE = "-";

    private final Map<Phase, Map<Victim, String>> cells = new LinkedHashMap<>();

    FaultTable() {
        Phase.ALL.forEach(phase -> cells.put(phase, new EnumMap<>(Victim.class)));
    }

    void put(Phase phase, Victim victim, String outcome) {
        row(phase).put(victim, outcome);
    }

    private Map<Victim, String> row(Phase phase) {
        return cells.computeIfAbsent(phase, _ -> new EnumMap<>(Victim.class));
    }

    @Override
    public String toString() {
        String head = row("phase", Stream.of(Victim.values()).map(Victim::toString));
        return Phase.ALL.stream()
                .map(phase -> row(phase.toString(), outcomes(phase)))
                .collect(Collectors.joining("", head, ""));
    }

    private Stream<String> outcomes(Phase phase) {
        return Stream.of(Victim.values())
                .map(
                        victim ->
                                row(phase)
                                        .getOrDefault(
                                                victim, phase.has(victim) ? NOT_RUN : NONE_THERE));
    }

    private static String row(String phase, Stream<String> outcomes) {
        String line =
                outcomes.map(outcome -> String.format(Locale.ROOT, "%-22s", outcome))
                        .collect(Collectors.joining("  "));
        return (String.format(Locale.ROOT, "%-32s  ", phase) + line).stripTrailing() + "\n";
    }
}
