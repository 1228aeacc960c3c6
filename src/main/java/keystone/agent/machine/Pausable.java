package keystone.agent.machine;

/// A machine whose processors can be held still and let go on; the guest's clock stands meanwhile.
public interface Pausable {
    void pause() throws InterruptedException;

    void resume() throws InterruptedException;
}
