package keystone.agent.cli;

import picocli.CommandLine.Model.CommandSpec;

/// What a command does, once its flags are set.
interface Action {
    /// Does it.
    ///
    /// @return the exit code
    /// @throws keystone.agent.model.UserError when it cannot be done
    int run(Call call) throws InterruptedException;

    /// Adds flags that are declared elsewhere.
    default void describe(CommandSpec spec) {}
}
