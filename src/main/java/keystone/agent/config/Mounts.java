package keystone.agent.config;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;
import keystone.agent.model.Share;
import keystone.agent.model.UserError;
import keystone.agent.workspace.Links;
import keystone.agent.workspace.ShareRules;

/// Follows mounts to where they really lead, and asks the rules.
///
/// @param project real path, which its guest can write
/// @param writable likewise of the guests of all sandboxes
record Mounts(ShareRules rules, Path project, Supplier<List<Path>> writable) {
    /// Twice: what the first pass finds writable, the second does not follow links in.
    List<Share> follow(List<Setting> mounts) {
        if (mounts.isEmpty()) {
            return List.of();
        }
        var changeable = new ArrayList<>(writable.get());
        changeable.add(project);
        for (Share share : resolve(mounts, new Links(changeable))) {
            if (share.access() == Access.READ_WRITE) {
                changeable.add(share.host());
            }
        }
        return resolve(mounts, new Links(changeable));
    }

    private List<Share> resolve(List<Setting> mounts, Links links) {
        return mounts.stream().map(setting -> resolve(setting, links)).toList();
    }

    private Share resolve(Setting setting, Links links) {
        var mount = (MountText) setting.value();
        try {
            Path host = links.resolve(mount.host());
            requireShareable(host, mount.access());
            return new Share(host, mount.guest(), mount.access());
        } catch (UserError refused) {
            throw new UserError(
                    refused.kind(),
                    setting.origin().where() + ": " + refused.problem(),
                    refused.fix(),
                    refused);
        }
    }

    private void requireShareable(Path directory, Access access) {
        String shown = "`" + Printable.of(directory.toString()) + "`";
        rules.refusal(directory, access)
                .ifPresent(
                        why -> {
                            throw UserError.usage(
                                    shown + " is not shared with guests: it " + why,
                                    "share only the directory that the work needs");
                        });
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw UserError.usage(shown + " is not a directory", "share a directory that exists");
        }
    }
}
