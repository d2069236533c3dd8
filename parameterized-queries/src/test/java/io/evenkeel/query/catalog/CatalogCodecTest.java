// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.Definitions;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogCodecTest {

    @Property(tries = 200)
    @Label("A catalog that was encoded is decoded as the same, to the class and scale of each value")
    void roundTrip(@ForAll long seed) {
        CatalogSnapshot catalog = new Definitions(seed).catalog();
        byte[] bytes = CatalogCodec.encode(catalog);
        assertThat(CatalogCodec.decode(bytes)).isEqualTo(catalog);
        assertThat(CatalogCodec.encode(CatalogCodec.decode(bytes))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"format\":2}", "{\"format\":1}", "[", "{\"format\":1,\"revision\":1}x"})
    @DisplayName("What is no catalog of this format is refused")
    void refuses(String text) {
        assertThatThrownBy(() -> CatalogCodec.decode(text.getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
