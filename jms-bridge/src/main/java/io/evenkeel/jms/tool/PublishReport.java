// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.tool;

/** Lines by what became of them. */
public record PublishReport(long ok, long failed, long unknown) {
    static final PublishReport NONE = new PublishReport(0, 0, 0);

    PublishReport plus(PublishedBatch batch) {
        return switch (batch.outcome()) {
            case OK -> new PublishReport(ok + batch.lines(), failed, unknown);
            case FAILED -> new PublishReport(ok, failed + batch.lines(), unknown);
            case UNKNOWN -> new PublishReport(ok, failed, unknown + batch.lines());
        };
    }
}
