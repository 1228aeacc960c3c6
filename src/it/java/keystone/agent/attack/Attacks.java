package keystone.agent.attack;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Every attack, with what must come of it. In the order of the documentation's tables; what ends
/// the use of a share or of the sandbox comes last.
final class Attacks {
    static final List<String> DRIVERS = List.of("virtiofs", "9p", "9p-mapped");

    /// The values of `--share`.
    static final Set<String> SHARES = Set.of("virtiofs", "9p", "9p-mapped", "clone");

    static final Set<Layout> DIRECT = EnumSet.of(Layout.DIRECT);

    /// Where the guest sees the project's own files.
    static final Set<Layout> SHARED = EnumSet.complementOf(EnumSet.of(Layout.CLONE));

    /// What is always tried, on a protected repository over virtiofs.
    static final Set<Attack> DANGEROUS =
            Set.copyOf(
                    Stream.of(GitAttacks.DANGEROUS, ShareAttacks.DANGEROUS)
                            .flatMap(List::stream)
                            .toList());

    static final List<Part> PARTS =
            List.of(
                    new Part(
                            "What git on this host might obey",
                            EnumSet.allOf(Layout.class),
                            SHARES,
                            GitAttacks.OBEYED),
                    new Part(
                            "What comes with the guest's commits",
                            EnumSet.of(Layout.PROTECTED, Layout.CLONE),
                            Set.of("9p", "clone"),
                            GitAttacks.BROUGHT_HOME),
                    new Part(
                            "The share, and what lies in it",
                            EnumSet.of(Layout.PROTECTED),
                            Set.copyOf(DRIVERS),
                            ShareAttacks.FILES),
                    new Part(
                            "The share's device, and the end",
                            EnumSet.of(Layout.PROTECTED),
                            Set.copyOf(DRIVERS),
                            ShareAttacks.LAST));

    /// Attacks that depend on the same.
    ///
    /// @param layouts against which they are made; against any other they would do the same
    /// @param shares the same of the values of `--share`
    record Part(String title, Set<Layout> layouts, Set<String> shares, List<Attack> attacks) {
        List<String> drivers(Layout layout) {
            return layout.drivers().stream().filter(shares::contains).toList();
        }
    }

    private Attacks() {}

    static List<Attack> against(Layout layout, String driver) {
        return PARTS.stream()
                .filter(each -> each.layouts().contains(layout))
                .filter(each -> each.drivers(layout).contains(driver))
                .flatMap(each -> each.attacks().stream())
                .filter(each -> each.layouts().contains(layout))
                .toList();
    }
}
