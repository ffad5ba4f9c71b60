package io.toonlake.metadata;

import java.io.Serializable;

/**
 * How a picture came about. Licences such as CC BY ask that changes are told.
 *
 * @param version Toonlake's
 * @param model its title
 */
public record ModificationNote(String version, String model) implements Serializable {

    String tool() {
        return "Toonlake " + version;
    }

    String sentence() {
        return "Stylized by " + tool() + " with model " + model;
    }
}
