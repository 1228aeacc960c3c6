package keystone.agent.task;

import keystone.agent.process.Owned;

/// A conversation with an agent. One thread prompts; any may cancel or close.
interface AgentSession extends Owned.Ending {
    /// Says something, and waits until the agent has done what it does about it.
    Turn prompt(String text) throws InterruptedException;

    /// Asks the agent to stop what it is doing.
    void cancel();
}
