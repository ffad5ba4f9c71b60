package io.toonlake.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** The models, and what their users have to know. */
final class Models {

    private Models() {}

    static void write(Html html, ReportData data) {
        Sections.begin(html, "models", "Models");
        if (data.models().isEmpty()) {
            Sections.nothing(html, "No model has been trained or imported yet.");
        }
        for (ModelSummary model : data.models()) {
            html.open("article", "class", "model").element("h3", model.name());
            for (String note : model.notes()) {
                html.element("p", note, "class", "note");
            }
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("architecture", model.architecture());
            facts.put("fingerprint", model.fingerprint());
            facts.putAll(model.details());
            Sections.facts(html, facts);
            html.close();
        }
        html.close();
    }
}
