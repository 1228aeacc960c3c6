package keystone.agent.supervisor;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import keystone.agent.egress.EgressLog;
import keystone.agent.guest.ExecRequest;
import keystone.agent.guest.SessionToken;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.Task;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;

/// Where tasks work, and how what they have made comes home. Thread-safe.
interface Workplace {
    /// What a task has made.
    ///
    /// @param commits that no branch of this host has
    /// @param stat printable
    /// @param notes a printable sentence each
    record Harvest(int commits, String stat, List<String> notes) {
        static final Harvest NONE = new Harvest(0, "", List.of());

        public Harvest {
            notes = List.copyOf(notes);
        }
    }

    /// Refuses an agent that could not work here, and says why.
    void require(AgentSpec agent) throws InterruptedException;

    /// Where a branch begins: what is checked out on this host.
    ///
    /// @param agent whom a refusal names
    /// @return hexadecimal
    /// @throws UserError when there can be none
    String base(AgentName agent) throws InterruptedException;

    /// Runs something of a task, with its input and output on pipes.
    OwnedProcess start(ExecRequest request);

    /// Makes its worktree, unless it is there.
    void prepare(Task task) throws InterruptedException;

    /// Gives it what comes with its prompt, and what it is to have of the project beyond the
    /// commit.
    ///
    /// @return what there was none of, a printable sentence each
    List<String> furnish(Task task, List<Path> attached) throws InterruptedException;

    /// Tells of what the guest asks its exit for from now on, and what comes of it. Which program
    /// asks is not known there: a guest that is not to be trusted would be the one to say it.
    Owned.Ending listen(Instant since, EgressLog.Hearing hearing);

    /// Ends whatever of it runs.
    void end(SessionToken token) throws InterruptedException;

    /// Commits what it has left in its worktree.
    void commit(Task task) throws InterruptedException;

    /// Whether the machine has ended, or does so this very moment: who speaks with a guest hears of
    /// that before whoever watches its machine.
    boolean isGone() throws InterruptedException;

    /// Fetches its branch, and looks what is on it.
    Harvest harvest(Task task) throws InterruptedException;
}
