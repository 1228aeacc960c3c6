package keystone.agent.attack;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One thing that a hostile root does, and what must come of it.
///
/// @param title what it is, as the documentation's table says it
/// @param step of the guest's script, with its argument after a tab
/// @param work what this host does afterwards, beside looking at the project and using git
/// @param telling what it must be told with, where it is detected; empty for any words
/// @param layouts where it can be made at all
/// @param exemptions where it is not blocked; of several that fit, the last
record Attack(
        String title,
        String step,
        Set<Work> work,
        String telling,
        Set<Layout> layouts,
        List<Exemption> exemptions) {
    /// What this host's user does.
    enum Work {
        /// Takes the guest's commits.
        RETURN,

        /// Looks at the sandbox.
        REPORT,

        /// Copies through names that the guest chose.
        COPY,

        /// Works with git in directories that git takes for repositories, too.
        VISIT,

        /// Does all of it again and again for some seconds.
        REPEAT,

        /// Stops the sandbox while the guest goes on, starts it anew, and destroys it. Nothing can
        /// follow.
        END,

        /// No git of the user's own, as it would only take time.
        NO_GIT
    }

    /// Where an attack is not blocked, and why.
    ///
    /// @param reason for the documentation: the end of a sentence that begins with the result
    record Exemption(Set<Layout> layouts, Set<String> drivers, Result result, String reason) {
        boolean fits(Layout layout, String driver) {
            return layouts.contains(layout) && drivers.contains(driver);
        }
    }

    Attack {
        work = Set.copyOf(work);
        layouts = Set.copyOf(layouts);
        exemptions = List.copyOf(exemptions);
    }

    static Attack of(String title, String step, Work... work) {
        return new Attack(title, step, Set.of(work), "", EnumSet.allOf(Layout.class), List.of());
    }

    /// So that it is not refused for another reason than it should be.
    Attack toldWith(String words) {
        return new Attack(title, step, work, words, layouts, exemptions);
    }

    /// Elsewhere there is nothing to attack.
    Attack only(Set<Layout> places) {
        return new Attack(title, step, work, telling, places, exemptions);
    }

    Attack otherwise(Result result, String reason, Set<Layout> where, Set<String> drivers) {
        var more = new ArrayList<>(exemptions);
        more.add(new Exemption(where, drivers, result, reason));
        return new Attack(title, step, work, telling, layouts, more);
    }

    Attack otherwise(Result result, String reason, Set<Layout> where) {
        return otherwise(result, reason, where, Attacks.SHARES);
    }

    Attack otherwise(Result result, String reason) {
        return otherwise(result, reason, EnumSet.allOf(Layout.class));
    }

    Result expected(Layout layout, String driver) {
        return exemption(layout, driver).map(Exemption::result).orElse(Result.BLOCKED);
    }

    Optional<Exemption> exemption(Layout layout, String driver) {
        return exemptions.reversed().stream().filter(each -> each.fits(layout, driver)).findFirst();
    }
}
