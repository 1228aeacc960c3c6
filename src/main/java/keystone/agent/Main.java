package keystone.agent;

/// The entry point.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("keystone-agent " + Main.class.getPackage().getImplementationVersion());
    }
}
