package keystone.agent;

import java.util.List;
import keystone.agent.cli.ImageDetails;
import keystone.agent.cli.UseCases;
import keystone.agent.image.StoredImage;
import keystone.agent.model.Image;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.ImageEntry;
import keystone.agent.sandbox.SandboxImages;
import keystone.agent.sandbox.StartListener;

/// The use cases of images, as the commands ask for them.
record ForImages(SandboxImages to) implements UseCases.OfImages {
    @Override
    public Image build(SandboxImages.Versions versions, StartListener listener)
            throws InterruptedException {
        return to.build(versions, listener);
    }

    @Override
    public Image buildAgents(SandboxImages.Versions versions, StartListener listener)
            throws InterruptedException {
        return to.buildAgents(versions, listener);
    }

    @Override
    public List<ImageEntry> list() {
        return to.list();
    }

    @Override
    public ImageDetails inspect(String digestPrefix) {
        StoredImage image = to.inspect(digestPrefix);
        ImageEntry entry =
                to.list().stream()
                        .filter(each -> each.digest().equals(image.digest()))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        UserError.notFound(
                                                "the image was removed meanwhile",
                                                "keystone-agent image list"));
        return new ImageDetails(
                entry, image.base(), image.kernel(), image.packages(), image.setup());
    }

    @Override
    public void remove(String digestPrefix) throws InterruptedException {
        to.remove(digestPrefix);
    }

    @Override
    public List<ImageEntry> removeUnused() throws InterruptedException {
        return to.removeUnused();
    }
}
