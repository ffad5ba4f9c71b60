package io.toonlake.model;

import com.fasterxml.jackson.databind.JsonNode;

/** A model's description by dotted paths. */
record DescriptionFields(JsonNode root, String file) {
    String text(String path) throws ModelFormatException {
        JsonNode value = root == null ? null : root.at("/" + path.replace('.', '/'));
        if (value == null || !value.isValueNode() || value.isNull()) {
            throw new ModelFormatException("Cannot read %s: no %s".formatted(file, path));
        }
        return value.asText();
    }

    String text(String path, String ifAbsent) throws ModelFormatException {
        return root != null && root.at("/" + path.replace('.', '/')).isMissingNode() ? ifAbsent : text(path);
    }

    double number(String path) throws ModelFormatException {
        String text = text(path);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new ModelFormatException("Cannot read %s: %s is %s (must be a number)".formatted(file, path, text));
        }
    }

    void expect(String path, String known) throws ModelFormatException {
        String found = text(path);
        if (!found.equals(known)) {
            throw new ModelFormatException(
                    "Cannot read %s: %s is %s, this version of Toonlake knows %s".formatted(file, path, found, known));
        }
    }
}
