package keystone.agent.process;

/// The signals we send, with Linux's numbers (signal(7)).
public enum Signal {
    HUP(1),
    INT(2),
    KILL(9),
    TERM(15);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
