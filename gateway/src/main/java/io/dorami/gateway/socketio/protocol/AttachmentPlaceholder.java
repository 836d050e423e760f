package io.dorami.gateway.socketio.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Stands in a packet's JSON for bytes that follow in a frame of their own. */
final class AttachmentPlaceholder {

    private static final String MARK = "_placeholder";
    private static final String NUMBER = "num";

    private AttachmentPlaceholder() {}

    static ObjectNode of(int number) {
        return JsonNodeFactory.instance.objectNode().put(MARK, true).put(NUMBER, number);
    }

    static boolean is(JsonNode node) {
        return node.isObject() && node.path(MARK).isBoolean() && node.path(MARK).booleanValue();
    }

    /** Which attachment; below 0 where it is no number. */
    static int number(JsonNode placeholder) {
        JsonNode number = placeholder.path(NUMBER);
        return number.isInt() ? number.intValue() : -1;
    }
}
