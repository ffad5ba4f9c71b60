package io.toonlake.metadata;

import com.adobe.internal.xmp.XMPConst;
import com.adobe.internal.xmp.XMPException;
import com.adobe.internal.xmp.XMPIterator;
import com.adobe.internal.xmp.XMPMeta;
import com.adobe.internal.xmp.XMPMetaFactory;
import com.adobe.internal.xmp.XMPPathFactory;
import com.adobe.internal.xmp.options.IteratorOptions;
import com.adobe.internal.xmp.options.ParseOptions;
import com.adobe.internal.xmp.options.PropertyOptions;
import com.adobe.internal.xmp.options.SerializeOptions;
import com.adobe.internal.xmp.properties.XMPPropertyInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The XMP of a picture (ISO 16684-1): what is chosen of the photo's, what its IPTC says of the same where XMP does not, and an entry in
 * the history, without a date.
 */
final class XmpPacket {

    private static final String CREATIVE_COMMONS = "http://creativecommons.org/ns#";

    /** Properties of attribution, by namespace; of a namespace with an empty set, all. */
    private static final Map<String, Set<String>> ATTRIBUTIONS = Map.of(
            XMPConst.NS_DC,
            Set.of("creator", "rights"),
            XMPConst.NS_XMP_RIGHTS,
            Set.of(),
            CREATIVE_COMMONS,
            Set.of(),
            XMPConst.NS_PLUS,
            Set.of(),
            XMPConst.NS_PHOTOSHOP,
            Set.of("Credit", "Source"),
            XMPConst.NS_TIFF,
            Set.of("Artist", "Copyright"));

    /** What of {@code tiff} describes a picture whatever its pixels. */
    private static final Set<String> DESCRIPTIONS = Set.of(
            "ImageDescription",
            "Make",
            "Model",
            "XResolution",
            "YResolution",
            "ResolutionUnit",
            "DateTime",
            "Artist",
            "Copyright");

    /** What describes the photo's own pixels, shows them, or is to be applied to them; of a namespace with an empty set, all. */
    private static final Map<String, Set<String>> OF_THE_PHOTO = Map.of(
            XMPConst.NS_XMP,
            Set.of("Thumbnails"),
            XMPConst.NS_EXIF,
            Set.of(
                    "ColorSpace",
                    "PixelXDimension",
                    "PixelYDimension",
                    "CompressedBitsPerPixel",
                    "MakerNote",
                    "SubjectArea",
                    "SubjectLocation",
                    "FocalPlaneXResolution",
                    "FocalPlaneYResolution",
                    "FocalPlaneResolutionUnit",
                    "Gamma"),
            XMPConst.NS_PHOTOSHOP,
            Set.of("ICCProfile", "ColorMode"),
            XMPConst.NS_CAMERARAW,
            Set.of(),
            // Parts of a packet that stand in segments of their own.
            XMPConst.NS_XMP_NOTE,
            Set.of());

    /** Parsed, a packet takes many times its bytes. */
    private static final int MOST_BYTES = 4 << 20;

    /** Depths, films and second pictures behind a phone's photo. */
    private static final String PHONES = "http://ns.google.com/photos/";

    private static final String PANORAMA = "http://ns.google.com/photos/1.0/panorama/";

    /** Faces, by their place in the photo as it was stored. */
    private static final Set<String> REGIONS =
            Set.of("http://www.metadataworkinggroup.com/schemas/regions/", "http://ns.microsoft.com/photo/1.2/");

    private final ModificationNote note;
    private final boolean turned;
    private final IptcBlock iptc;
    private final Map<String, String> texts;

    /**
     * @param turned whether decoding turned the photo
     * @param iptc what the photo says in IPTC
     * @param texts a PNG's, by keyword
     */
    XmpPacket(ModificationNote note, boolean turned, IptcBlock iptc, Map<String, String> texts) {
        this.note = note;
        this.turned = turned;
        this.iptc = iptc;
        this.texts = texts;
    }

    /** A packet for the picture; empty where the photo's cannot be read, or is too large to be. */
    Optional<byte[]> chosen(byte[] packet, MetadataChoice choice) {
        try {
            return packet.length > MOST_BYTES ? Optional.empty() : Optional.of(packet(packet, choice));
        } catch (XMPException | RuntimeException | StackOverflowError e) {
            return Optional.empty();
        }
    }

    /** A packet that says nothing of the photo. */
    byte[] noteAlone() {
        try {
            return packet(new byte[0], MetadataChoice.NONE);
        } catch (XMPException e) {
            throw new IllegalStateException("a packet of our own cannot be written", e);
        }
    }

    /**
     * The library knows namespaces by prefixes in one registry for the whole JVM, where a photo's odd prefix would change how the next
     * one's is written. So it begins anew with every packet, one at a time.
     */
    private byte[] packet(byte[] packet, MetadataChoice choice) throws XMPException {
        synchronized (XmpPacket.class) {
            XMPMetaFactory.reset();
            XMPMeta meta = packet.length == 0 || choice == MetadataChoice.NONE
                    ? XMPMetaFactory.create()
                    // A document type may name other files, or a text that grows without end.
                    : XMPMetaFactory.parseFromBuffer(packet, new ParseOptions().setDisallowDoctype(true));
            deleteUnwanted(meta, choice);
            if (choice == MetadataChoice.KEEP) {
                derive(meta);
            }
            if (choice != MetadataChoice.NONE) {
                fill(meta, choice);
            }
            addToHistory(meta);
            return XMPMetaFactory.serializeToBuffer(
                    meta, new SerializeOptions().setUseCompactFormat(true).setReadOnlyPacket(true));
        }
    }

    private void deleteUnwanted(XMPMeta meta, MetadataChoice choice) throws XMPException {
        List<XMPPropertyInfo> unwanted = new ArrayList<>();
        for (XMPPropertyInfo schema : children(meta, null)) {
            for (XMPPropertyInfo property : children(meta, schema.getNamespace())) {
                String name = property.getPath().substring(property.getPath().indexOf(':') + 1);
                if (!isWanted(property.getNamespace(), name, choice)) {
                    unwanted.add(property);
                }
            }
        }
        unwanted.forEach(property -> meta.deleteProperty(property.getNamespace(), property.getPath()));
    }

    private static List<XMPPropertyInfo> children(XMPMeta meta, String namespace) throws XMPException {
        List<XMPPropertyInfo> children = new ArrayList<>();
        XMPIterator each = meta.iterator(namespace, null, new IteratorOptions().setJustChildren(true));
        while (each.hasNext()) {
            children.add((XMPPropertyInfo) each.next());
        }
        return children;
    }

    private boolean isWanted(String namespace, String name, MetadataChoice choice) {
        if (choice == MetadataChoice.ATTRIBUTION) {
            return contains(ATTRIBUTIONS, namespace, name);
        }
        return !contains(OF_THE_PHOTO, namespace, name)
                && (!namespace.equals(XMPConst.NS_TIFF) || DESCRIPTIONS.contains(name))
                && (!namespace.startsWith(PHONES) || namespace.equals(PANORAMA))
                && (!turned || !REGIONS.contains(namespace));
    }

    private static boolean contains(Map<String, Set<String>> properties, String namespace, String name) {
        Set<String> names = properties.get(namespace);
        return names != null && (names.isEmpty() || names.contains(name));
    }

    /** The picture is another document than the photo, and says which it comes from. */
    private static void derive(XMPMeta meta) throws XMPException {
        for (String id : List.of("DocumentID", "InstanceID")) {
            String value = meta.getPropertyString(XMPConst.NS_XMP_MM, id);
            if (value != null) {
                meta.deleteProperty(XMPConst.NS_XMP_MM, id);
                meta.setStructField(
                        XMPConst.NS_XMP_MM,
                        "DerivedFrom",
                        XMPConst.TYPE_RESOURCEREF,
                        Character.toLowerCase(id.charAt(0)) + id.substring(1),
                        value);
            }
        }
    }

    private void fill(XMPMeta meta, MetadataChoice choice) throws XMPException {
        fillList(meta, "creator", iptc.texts(IptcBlock.CREATOR), new PropertyOptions().setArrayOrdered(true));
        fillList(meta, "creator", text("Author"), new PropertyOptions().setArrayOrdered(true));
        fillText(meta, "rights", iptc.texts(IptcBlock.COPYRIGHT));
        fillText(meta, "rights", text("Copyright"));
        fillPhotoshop(meta, "Credit", iptc.texts(IptcBlock.CREDIT));
        fillPhotoshop(meta, "Source", iptc.texts(IptcBlock.SOURCE));
        if (choice == MetadataChoice.KEEP) {
            fillText(meta, "title", iptc.texts(IptcBlock.TITLE));
            fillText(meta, "title", text("Title"));
            fillText(meta, "description", iptc.texts(IptcBlock.CAPTION));
            fillText(meta, "description", text("Description"));
            fillPhotoshop(meta, "Headline", iptc.texts(IptcBlock.HEADLINE));
            fillList(meta, "subject", iptc.texts(IptcBlock.KEYWORD), new PropertyOptions().setArray(true));
        }
    }

    private List<String> text(String keyword) {
        String text = texts.get(keyword);
        return text == null || text.isBlank() ? List.of() : List.of(text.strip());
    }

    private static void fillList(XMPMeta meta, String name, List<String> values, PropertyOptions array)
            throws XMPException {
        if (!meta.doesPropertyExist(XMPConst.NS_DC, name)) {
            for (String value : values) {
                meta.appendArrayItem(XMPConst.NS_DC, name, array, value, null);
            }
        }
    }

    private static void fillText(XMPMeta meta, String name, List<String> values) throws XMPException {
        if (!values.isEmpty() && !meta.doesPropertyExist(XMPConst.NS_DC, name)) {
            meta.setLocalizedText(XMPConst.NS_DC, name, null, XMPConst.X_DEFAULT, values.get(0));
        }
    }

    private static void fillPhotoshop(XMPMeta meta, String name, List<String> values) throws XMPException {
        if (!values.isEmpty() && !meta.doesPropertyExist(XMPConst.NS_PHOTOSHOP, name)) {
            meta.setProperty(XMPConst.NS_PHOTOSHOP, name, values.get(0));
        }
    }

    private void addToHistory(XMPMeta meta) throws XMPException {
        String history = "History";
        PropertyOptions ordered = new PropertyOptions().setArrayOrdered(true);
        meta.appendArrayItem(XMPConst.NS_XMP_MM, history, ordered, null, new PropertyOptions().setStruct(true));
        String entry = XMPPathFactory.composeArrayItemPath(history, XMPConst.ARRAY_LAST_ITEM);
        Map<String, String> fields =
                Map.of("action", "filtered", "softwareAgent", note.tool(), "parameters", note.sentence());
        for (String field : List.of("action", "softwareAgent", "parameters")) {
            meta.setStructField(XMPConst.NS_XMP_MM, entry, XMPConst.TYPE_RESOURCEEVENT, field, fields.get(field));
        }
    }
}
