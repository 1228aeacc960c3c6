package keystone.agent.workspace;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import keystone.agent.model.Access;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;

/// The directories of one sandbox, each under the tag by which the guest mounts it.
///
/// @param byTag in mount order: the project first, so that a mount may lie inside it
/// @param driver the one in use, never `AUTO`
/// @param reason why that one; a sentence without a full stop
public record Shares(Map<String, Share> byTag, ShareDriver driver, String reason) {
    private static final String PROJECT = "workspace";

    public Shares {
        byTag = Collections.unmodifiableMap(new LinkedHashMap<>(byTag));
    }

    public static Shares of(SandboxSpec spec) {
        var byTag = new LinkedHashMap<String, Share>();
        byTag.put(PROJECT, new Share(spec.project(), SandboxSpec.WORKSPACE, Access.READ_WRITE));
        for (int i = 0; i < spec.mounts().size(); i++) {
            byTag.put("mount" + i, spec.mounts().get(i));
        }
        return new Shares(byTag, ShareDriver.NINE_P, reason(spec.share()));
    }

    private static String reason(ShareDriver asked) {
        return switch (asked) {
            case NINE_P -> "it was asked for";
            case AUTO -> "it is built into QEMU and shows true owners and modes";
        };
    }
}
