package keystone.agent.bench;

/// What a JVM costs before it does anything.
final class Empty {
    private Empty() {}

    public static void main(String[] args) {}
}
