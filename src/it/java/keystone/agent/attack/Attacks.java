package keystone.agent.attack;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Every attack, with what must come of it. In the order of the documentation's table; what ends
/// the use of a share or of the sandbox comes last.
final class Attacks {
    static final List<String> DRIVERS = List.of("virtiofs", "9p", "9p-mapped");

    static final Set<Layout> DIRECT = Set.of(Layout.DIRECT);

    /// After what its parts need.
    static final List<Attack> ALL =
            Stream.of(GitAttacks.OBEYED, GitAttacks.BROUGHT_HOME, ShareAttacks.ALL)
                    .flatMap(List::stream)
                    .toList();

    private Attacks() {}
}
