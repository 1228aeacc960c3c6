package keystone.agent.supervisor;

import keystone.agent.machine.Machine;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.workspace.ShareService;

/// What a machine and those who serve its shares say of themselves: each is a reason to end a start
/// that is on, and is told to whoever hears of the sandbox as long as it lives.
record BootHearing(SandboxDir dir, BringUp.Listener listener, Setback setback) {
    /// @param console hears what the guest says
    Machine.Listener ofMachine(Console console) {
        return new Machine.Listener() {
            @Override
            public void began(long session) {
                Leftovers.rememberSession(dir.run(), session);
            }

            @Override
            public void console(String line) {
                console.line(line);
            }

            @Override
            public void resumed() {
                listener.resumed();
            }

            @Override
            public void held() {
                // First whoever knows what it means; a start ends for the first reason it is given.
                listener.held();
                setback.because(
                        UserError.failed(
                                "this host's disk is full: the guest cannot write to its own",
                                "make room: keystone-agent prune, keystone-agent image rm --unused,"
                                        + " or set XDG_STATE_HOME to another disk"));
            }

            @Override
            public void ended() {
                setback.because(gone("powered off"));
                listener.ended();
            }

            @Override
            public void died(String how) {
                setback.because(gone(how));
                listener.died(how);
            }
        };
    }

    private UserError gone(String how) {
        return UserError.failed(
                "the virtual machine " + how + " before the guest was ready",
                Console.seeTheConsole(dir.name()));
    }

    ShareService.Listener ofShares() {
        return new ShareService.Listener() {
            @Override
            public void began(long session) {
                Leftovers.rememberSession(dir.run(), session);
            }

            @Override
            public void ended(int status, String how) {
                // It ends in good order when its machine has gone, of which the machine tells.
                if (status != 0) {
                    setback.because(
                            UserError.failed(how, "keystone-agent start --name " + dir.name()));
                }
                listener.shareEnded(how);
            }
        };
    }
}
