package keystone.agent.model;

/// Where long work says how far it is. Called from the working thread; must return quickly.
@FunctionalInterface
public interface Progress {
    /// Says what is being done now.
    ///
    /// @param step what is being done now, in plain words, such as `downloading packages`
    /// @param fraction 0 to 1 of this step, or a negative number when it cannot be told
    void at(String step, double fraction);

    Progress SILENT = (_, _) -> {};
}
