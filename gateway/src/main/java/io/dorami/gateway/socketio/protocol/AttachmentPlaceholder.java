package io.dorami.gateway.socketio.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON object that represents bytes in a packet. The bytes follow as an attachment in a frame of their own. */
final class AttachmentPlaceholder {

    private static final String MARKER_FIELD = "_placeholder";
    private static final String NUMBER_FIELD = "num";

    private AttachmentPlaceholder() {}

    static ObjectNode of(int number) {
        return JsonNodeFactory.instance.objectNode().put(MARKER_FIELD, true).put(NUMBER_FIELD, number);
    }

    static boolean isPlaceholder(JsonNode node) {
        return node.isObject()
                && node.path(MARKER_FIELD).isBoolean()
                && node.path(MARKER_FIELD).booleanValue();
    }

    /** Index of the attachment; negative if the placeholder has no valid number. */
    static int number(JsonNode placeholder) {
        JsonNode number = placeholder.path(NUMBER_FIELD);
        return number.isInt() ? number.intValue() : -1;
    }
}
