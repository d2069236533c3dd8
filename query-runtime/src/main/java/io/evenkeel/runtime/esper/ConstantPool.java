// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The part of a class file that names all that its code can reach.
 *
 * @param classes names with slashes; arrays as descriptors
 * @param members fields and methods with their owners
 */
record ConstantPool(List<String> classes, List<Member> members) {
    private static final int MAGIC = 0xCAFEBABE;

    record Member(String owner, String name) {}

    /** Reads from the beginning of a class file to the end of its pool. */
    static ConstantPool read(DataInputStream in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("Expected a class file, but it begins otherwise");
        }
        in.readInt();
        int size = in.readUnsignedShort();
        int[] tags = new int[size];
        int[] first = new int[size];
        int[] second = new int[size];
        String[] texts = new String[size];
        Arrays.fill(texts, "");
        for (int i = 1; i < size; i++) {
            tags[i] = in.readUnsignedByte();
            switch (tags[i]) {
                case 1 -> texts[i] = in.readUTF();
                case 3, 4 -> in.readInt();
                case 5, 6 -> {
                    in.readLong();
                    // These take two places.
                    i++;
                }
                case 7, 8, 16, 19, 20 -> first[i] = in.readUnsignedShort();
                case 9, 10, 11, 12, 17, 18 -> {
                    first[i] = in.readUnsignedShort();
                    second[i] = in.readUnsignedShort();
                }
                case 15 -> {
                    in.readUnsignedByte();
                    in.readUnsignedShort();
                }
                default -> throw new IOException("Expected a constant, but its tag is " + tags[i]);
            }
        }
        List<String> classes = new ArrayList<>();
        List<Member> members = new ArrayList<>();
        for (int i = 1; i < size; i++) {
            if (tags[i] == 7) {
                classes.add(texts[first[i]]);
            } else if (tags[i] >= 9 && tags[i] <= 11) {
                members.add(new Member(texts[first[first[i]]], texts[first[second[i]]]));
            }
        }
        return new ConstantPool(classes, members);
    }
}
