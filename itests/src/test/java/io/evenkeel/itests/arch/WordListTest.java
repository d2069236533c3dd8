// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordListTest {
    private final WordList words = WordList.parse(List.of(
            "# Words",
            "| word | meaning | instead of |",
            "|---|---|---|",
            "| shard | a group of keys | slice, key group |"));

    @Test
    void readsTheWordsThatOursReplaceAndNotTheHeading() {
        assertThat(words.size()).isEqualTo(2);
    }

    @Test
    void objectsToAReplacedWordWhereverItStandsInTheName() {
        assertThat(words.objectionTo("HazelcastSliceLog")).contains("says 'slice', our word is 'shard'");
        assertThat(words.objectionTo("SlicesView")).isPresent();
        assertThat(words.objectionTo("KeyGroupOwner")).contains("says 'key group', our word is 'shard'");
    }

    @Test
    void leavesOtherWordsThatOnlyBeginAlikeAlone() {
        assertThat(words.objectionTo("Slicer")).isEmpty();
        assertThat(words.objectionTo("KeyHash")).isEmpty();
    }
}
