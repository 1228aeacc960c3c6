package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskRoomTest {
    @Test
    void a_place_tells_of_its_disk(@TempDir Path place) throws Exception {
        DiskRoom room = DiskRoom.of(place);

        assertThat(room.usable()).isPositive().isLessThanOrEqualTo(room.total());
    }

    @Test
    void what_is_not_there_has_no_disk(@TempDir Path top) {
        assertThatThrownBy(() -> DiskRoom.of(top.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
    }
}
