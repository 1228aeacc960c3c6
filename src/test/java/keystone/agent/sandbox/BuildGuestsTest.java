package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import keystone.agent.model.ByteSize;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildGuestsTest {
    @ParameterizedTest
    @CsvSource({"64g, 1g", "3g, 1g", "1500m, 750m", "300m, 256m"})
    void a_guest_to_install_in_takes_a_gibibyte_but_not_more_than_half_of_the_host(
            String ofHost, String taken) {
        assertThat(BuildGuests.resources(ByteSize.parse(ofHost)).memory())
                .isEqualTo(ByteSize.parse(taken));
    }
}
