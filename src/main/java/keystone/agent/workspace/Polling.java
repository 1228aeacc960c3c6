package keystone.agent.workspace;

import java.util.Map;
import keystone.agent.model.ShareDriver;

/// How programs that watch files are told to look at them again and again, where the kernel of the
/// guest has no events for them.
public final class Polling {
    /// Each as its program documents it: chokidar (Vite, nodemon, and many more), webpack and
    /// Next.js, TypeScript, Python's watchfiles (uvicorn), .NET.
    private static final Map<String, String> VARIABLES =
            Map.of(
                    "CHOKIDAR_USEPOLLING", "1",
                    "WATCHPACK_POLLING", "true",
                    "TSC_WATCHFILE", "DynamicPriorityPolling",
                    "TSC_WATCHDIRECTORY", "RecursiveDirectoryUsingDynamicPriorityPolling",
                    "WATCHFILES_FORCE_POLLING", "true",
                    "DOTNET_USE_POLLING_FILE_WATCHER", "1");

    private Polling() {}

    /// What to set in every session of a guest.
    ///
    /// @param driver in use
    public static Map<String, String> variables(ShareDriver driver) {
        return driver == ShareDriver.VIRTIOFS ? Map.of() : VARIABLES;
    }
}
