package keystone.agent.sandbox;

import java.time.Duration;
import keystone.agent.model.Progress;

/// Hears how a start, stop or image build gets on. Called from one thread at a time.
public interface StartListener extends Progress {
    /// A step has passed.
    ///
    /// @param step a word such as `boot`
    /// @param took how long it needed
    void passed(String step, Duration took);

    /// Something worth saying that is no error: a name that was taken, an image that is newer.
    void notice(String sentence);
}
