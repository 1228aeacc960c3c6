package keystone.agent.supervisor;

import java.util.Queue;

/// Makes an order of what is heard of the machine and its shares.
///
/// @param resume runs when the guest goes on after a pause
record Hearing(Telling telling, Queue<Order> orders, SupervisorLog log, Runnable resume)
        implements BringUp.Listener {
    @Override
    public void log(String sentence) {
        log.line(sentence);
    }

    @Override
    public void notice(String sentence) {
        telling.notice(sentence);
    }

    @Override
    public void resumed() {
        resume.run();
    }

    @Override
    public void held() {
        // Once is enough, however often a QEMU that was taken over says so.
        if (orders.stream().noneMatch(Order.MachineHeld.class::isInstance)) {
            orders.add(new Order.MachineHeld());
        }
    }

    @Override
    public void ended() {
        orders.add(new Order.MachineEnded());
    }

    @Override
    public void died(String how) {
        orders.add(new Order.MachineDied(how));
    }

    @Override
    public void shareEnded(String how) {
        orders.add(new Order.ShareEnded(how));
    }
}
