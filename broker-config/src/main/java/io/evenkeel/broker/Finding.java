// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

/**
 * A setting of a live broker that does not keep a promise, or could not be read.
 *
 * @param setting  as in {@code broker.xml}, with the queue that it was read for, such as {@code flights: exclusive}
 * @param expected the value that keeps the promise
 * @param actual   the value found, or why there is none, beginning with {@value #UNKNOWN}
 * @param promise  what breaks, beginning with the promise's id
 * @param remedy   what to do
 */
public record Finding(String setting, String expected, String actual, String promise, String remedy) {

    /** Begins {@link #actual} if the setting could not be read. */
    public static final String UNKNOWN = "unknown: ";

    /** False if the setting could not be read: it may be right. */
    public boolean known() {
        return !actual.startsWith(UNKNOWN);
    }

    /** True if messages may be lost or doubled; false if what breaks is order, a bound of time, or security. */
    public boolean loses() {
        boolean blocks = setting.endsWith(PromisedSetting.ADDRESS_FULL_POLICY.xmlName()) && !actual.equals("DROP");
        return !known() || promise.contains("no loss") && !blocks || promise.startsWith("N17");
    }

    @Override
    public String toString() {
        return "Expected %s to be %s, but it is %s. promise=%s remedy=%s"
                .formatted(setting, expected, actual, promise, remedy);
    }
}
