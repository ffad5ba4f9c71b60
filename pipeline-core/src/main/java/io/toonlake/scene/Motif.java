package io.toonlake.scene;

/** What a picture is of. */
enum Motif {
    COUNTRYSIDE(Landscapes::countryside),
    STREET(Streets::street),
    LAKE(Landscapes::lake),
    VILLAGE(Streets::village),
    SEASIDE(Landscapes::seaside);

    private final Composition composition;

    Motif(Composition composition) {
        this.composition = composition;
    }

    void compose(Stage stage) {
        composition.compose(stage);
    }

    private interface Composition {
        void compose(Stage stage);
    }
}
