package keystone.agent.sandbox;

import java.time.Duration;
import keystone.agent.supervisor.SupervisorClient;

/// Passes on to a person what a supervisor tells.
record Heard(StartListener listener) implements SupervisorClient.Listener {
    @Override
    public void began(String step) {
        listener.at(step);
    }

    @Override
    public void passed(String step, Duration took) {
        listener.passed(step, took);
    }

    @Override
    public void notice(String sentence) {
        listener.notice(sentence);
    }
}
