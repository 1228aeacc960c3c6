package keystone.agent.model;

import java.util.OptionalDouble;

/// Where long work says how far it is. Called from the working thread; must return quickly.
@FunctionalInterface
public interface Progress {
    /// Says what is being done now.
    ///
    /// @param step what is being done now, in plain words, such as `downloading packages`
    /// @param fraction 0 to 1 of this step; empty when it cannot be told
    void at(String step, OptionalDouble fraction);

    /// The same of a step of which it cannot be told how far it is.
    default void at(String step) {
        at(step, OptionalDouble.empty());
    }

    Progress SILENT = (_, _) -> {};
}
