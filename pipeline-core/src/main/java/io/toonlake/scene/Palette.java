package io.toonlake.scene;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The colours of one picture, {@code 0xRRGGBB}.
 *
 * @param skyTop the sky overhead
 * @param skyLow the sky at the horizon, and what far things fade into
 * @param light what sunlight multiplies colours with; 0xFFFFFF changes nothing
 * @param line the cartoon painter's outlines
 * @param clouds how much of the sky is covered, 0 to 1
 * @param colours what each material may be painted with
 */
record Palette(int skyTop, int skyLow, int light, int line, double clouds, Map<Material, int[]> colours) {

    private static final Map<Material, int[]> NATURAL = colours(
            0x646C78, 0xE8ECF2, 0x64763E, 0x5F7A35, 0xA5964F, 0xCDBB94, 0x68686B, 0x9C9890, 0xD8D6CC, 0x49682C,
            0x2B4A32, 0x5B4634, 0xC9BFAE, 0x7D4734, 0x4A5B68, 0x75583C, 0xC79A7B, 0x7B4148, 0xE4E0D6, 0x7C7872);
    private static final Map<Material, int[]> VIVID = colours(
            0x7C8FD0, 0xFFFFFF, 0x6CCB5F, 0x7EDB4E, 0xF6DC5A, 0xFCE3A0, 0x8C92A8, 0xD8D2C4, 0xFFF6C8, 0x35B24A,
            0x1E8F6B, 0x9A5B35, 0xFFF0CF, 0xE8503A, 0x7FD8F5, 0xC98445, 0xFFD2AE, 0x3F6FE0, 0xFFFFFF, 0xB0B4C6);

    static {
        NATURAL.put(Material.GRASS, new int[] {0x5F7A35, 0x6B7F3C, 0x52702F, 0x7A8548});
        NATURAL.put(Material.HILL, new int[] {0x64763E, 0x55703F, 0x7A7C48, 0x4C6638});
        NATURAL.put(Material.FIELD, new int[] {0xA5964F, 0x8F8A48, 0xB4A063, 0x77803F});
        NATURAL.put(Material.LEAVES, new int[] {0x49682C, 0x3D5C28, 0x5C7434, 0x6C7032, 0x7F6A2E});
        NATURAL.put(Material.WALL, new int[] {0xC9BFAE, 0xB59C7E, 0xD6D2C8, 0xA5654E, 0xC4AD7E, 0x9FA4A2});
        NATURAL.put(Material.ROOF, new int[] {0x7D4734, 0x55504F, 0x8A5C40, 0x663B32, 0x66605A});
        NATURAL.put(Material.MOUNTAIN, new int[] {0x646C78, 0x6E6A66, 0x58646E, 0x766F66});
        NATURAL.put(Material.CLOTH, new int[] {0x7B4148, 0x3C4A63, 0x5A5F52, 0xA8894F, 0x35353A, 0x8C8F96, 0x9E3B33});
        NATURAL.put(Material.WOOD, new int[] {0x75583C, 0x5E4632, 0x8A7458, 0x4F5A52, 0x6B2F2A});
        NATURAL.put(Material.SKIN, new int[] {0xC79A7B, 0xA8765A, 0x7A523C, 0xD6AE90});

        VIVID.put(Material.GRASS, new int[] {0x7EDB4E, 0x5FCB55, 0x9BE25A});
        VIVID.put(Material.HILL, new int[] {0x6CCB5F, 0x4FBF7A, 0x8FD862, 0x3FA86B});
        VIVID.put(Material.LEAVES, new int[] {0x35B24A, 0x57C63C, 0x1F9A55, 0x8CCB33});
        VIVID.put(Material.WALL, new int[] {0xFFF0CF, 0xFFD9A0, 0xFBB8A0, 0xFFFFFF, 0xBFE3F5, 0xF7E27C});
        VIVID.put(Material.ROOF, new int[] {0xE8503A, 0x2F7FD0, 0xF08A2C, 0xA8446E, 0x3A9A8A});
        VIVID.put(Material.MOUNTAIN, new int[] {0x7C8FD0, 0x8A7FC4, 0x6BA0C8});
        VIVID.put(Material.CLOTH, new int[] {0x3F6FE0, 0xE8413F, 0xFFC928, 0xFF7FB0, 0x35B0A0, 0x7A4FC0});
        VIVID.put(Material.WOOD, new int[] {0xC98445, 0xA8602E, 0xFFFFFF, 0xE8503A});
        VIVID.put(Material.SKIN, new int[] {0xFFD2AE, 0xF2B98C, 0xB87A50});
    }

    /** Noon, a fair afternoon, late gold, an overcast day, a misty morning. */
    private static final List<Palette> PHOTOS = List.of(
            new Palette(0x3E6FAE, 0xBFD5E6, 0xFFFAF0, 0, 0.35, NATURAL),
            new Palette(0x5A86B8, 0xD3DCE0, 0xFFF2DC, 0, 0.55, NATURAL),
            new Palette(0x6C86A8, 0xF0CFA0, 0xFFD9A4, 0, 0.45, NATURAL),
            new Palette(0x98A2AC, 0xD0D4D6, 0xD8DCE2, 0, 0.95, NATURAL),
            new Palette(0x8FA6B8, 0xDCDDD4, 0xE6E6E0, 0, 0.6, NATURAL));

    /** A summer noon, a pink evening, blossom, autumn, a blue dusk. */
    private static final List<Palette> CARTOONS = List.of(
            new Palette(0x2F9BF0, 0xA8E4FF, 0xFFFFFF, 0x1C2238, 0.5, VIVID),
            new Palette(0xF0785A, 0xFFD98A, 0xFFDFC4, 0x32162E, 0.5, VIVID),
            new Palette(
                    0x6CC8F2, 0xE4F6FF, 0xFFFFFF, 0x2E2430, 0.6, with(Material.LEAVES, 0xFF9FC4, 0xFFB8D4, 0xF47FAE)),
            new Palette(
                    0x57B6E8, 0xD8F2EE, 0xFFF6E4, 0x2C1A14, 0.4, with(Material.LEAVES, 0xF0862A, 0xE85A2C, 0xF7B733)),
            new Palette(0x34479E, 0x9A8FE0, 0xB9BCF2, 0x14142E, 0.4, VIVID));

    static Palette photo(SplittableRandom random) {
        return PHOTOS.get(random.nextInt(PHOTOS.size()));
    }

    static Palette cartoon(SplittableRandom random) {
        return CARTOONS.get(random.nextInt(CARTOONS.size()));
    }

    int pick(Material material, SplittableRandom random) {
        int[] choice = colours.get(material);
        return choice[random.nextInt(choice.length)];
    }

    /** {@code part} of the second colour, the rest of the first. */
    static int mix(int first, int second, double part) {
        int mixed = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            double channel = (first >> shift & 0xFF) * (1 - part) + (second >> shift & 0xFF) * part;
            mixed |= Math.min(255, Math.max(0, (int) Math.round(channel))) << shift;
        }
        return mixed;
    }

    /** A colour under coloured light. */
    static int lit(int rgb, int light) {
        int lit = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            lit |= ((rgb >> shift & 0xFF) * (light >> shift & 0xFF) + 127) / 255 << shift;
        }
        return lit;
    }

    private static Map<Material, int[]> colours(int... inOrder) {
        Map<Material, int[]> colours = new EnumMap<>(Material.class);
        for (Material material : Material.values()) {
            colours.put(material, new int[] {inOrder[material.ordinal()]});
        }
        return colours;
    }

    private static Map<Material, int[]> with(Material material, int... choice) {
        Map<Material, int[]> colours = new EnumMap<>(VIVID);
        colours.put(material, choice);
        return colours;
    }
}
