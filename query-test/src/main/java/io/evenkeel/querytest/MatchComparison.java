// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was expected against what matched. Each expected match needs one of its own; their order is not asked for, since
 * matches of one instant have none that a query defines. A test that cares gives {@code at}.
 *
 * @param actual     in the order in which they arose
 * @param unexpected those that nobody expected
 * @param missing    expectations that nothing fits
 */
public record MatchComparison(List<TrialMatch> actual, List<TrialMatch> unexpected, List<ExpectedMatch> missing) {
    public MatchComparison {
        actual = List.copyOf(actual);
        unexpected = List.copyOf(unexpected);
        missing = List.copyOf(missing);
    }

    /** Compares. Which expectation takes which match is chosen so that as many as possible find one. */
    public static MatchComparison of(List<ExpectedMatch> expected, List<TrialMatch> actual) {
        int[] takenBy = new int[actual.size()];
        Arrays.fill(takenBy, -1);
        List<ExpectedMatch> missing = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            if (!assign(i, expected, actual, takenBy, new boolean[actual.size()])) {
                missing.add(expected.get(i));
            }
        }
        List<TrialMatch> unexpected = new ArrayList<>();
        for (int j = 0; j < takenBy.length; j++) {
            if (takenBy[j] < 0) {
                unexpected.add(actual.get(j));
            }
        }
        return new MatchComparison(actual, unexpected, missing);
    }

    /** An expectation may take another's match if that one finds a different one: a vague line must not rob a strict one. */
    private static boolean assign(
            int one, List<ExpectedMatch> expected, List<TrialMatch> actual, int[] takenBy, boolean[] tried) {
        for (int j = 0; j < actual.size(); j++) {
            if (!tried[j] && expected.get(one).fits(actual.get(j))) {
                tried[j] = true;
                if (takenBy[j] < 0 || assign(takenBy[j], expected, actual, takenBy, tried)) {
                    takenBy[j] = one;
                    return true;
                }
            }
        }
        return false;
    }

    /** True if all is as expected. */
    public boolean holds() {
        return unexpected.isEmpty() && missing.isEmpty();
    }

    /** A line for each match: {@code =} as expected, {@code +} unexpected; then {@code -} for each that is missing. */
    public String diff() {
        List<String> lines = new ArrayList<>();
        lines.add("Expected " + (actual.size() - unexpected.size() + missing.size()) + " matches, but "
                + (holds()
                        ? "there are other ones"
                        : missing.size() + " are missing and " + unexpected.size() + " are unexpected")
                + ":");
        for (TrialMatch match : actual) {
            lines.add((unexpected.contains(match) ? "  + " : "  = ") + match.toJson());
        }
        missing.forEach(match -> lines.add("  - " + match));
        return String.join("\n", lines);
    }
}
