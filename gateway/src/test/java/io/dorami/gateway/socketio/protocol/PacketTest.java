package io.dorami.gateway.socketio.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dorami.gateway.socketio.engine.MalformedPacketException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketTest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final PacketDecoder decoder = new PacketDecoder(1_000);

    @Test
    void decodesNamespaceIdAndPayload() {
        assertThat(decoder.decodeText("0")).isEqualTo(new Packet.Connect("/", JSON.objectNode()));
        assertThat(decoder.decodeText("0/chat")).isEqualTo(new Packet.Connect("/chat", JSON.objectNode()));
        assertThat(decoder.decodeText("0/chat,{\"token\":\"t\"}"))
                .isEqualTo(new Packet.Connect("/chat", JSON.objectNode().put("token", "t")));
        assertThat(decoder.decodeText("1/chat,")).isEqualTo(new Packet.Disconnect("/chat"));
        assertThat(decoder.decodeText("2[\"a\"]")).isEqualTo(new Packet.Event("/", null, array("a")));
        assertThat(decoder.decodeText("2/chat,12[\"a\",\"b\"]"))
                .isEqualTo(new Packet.Event("/chat", 12L, array("a", "b")));
        assertThat(decoder.decodeText("3/chat,13[]")).isEqualTo(new Packet.Ack("/chat", 13, array()));
    }

    @Test
    void namespaceQueryIsIgnored() {
        assertThat(decoder.decodeText("0/chat?v=1,{}")).isEqualTo(new Packet.Connect("/chat", JSON.objectNode()));
    }

    @Test
    void eventNameMayBeNumber() {
        assertThat(decoder.decodeText("2[7,\"a\"]")).isInstanceOfSatisfying(Packet.Event.class, event -> {
            assertThat(event.name()).isEqualTo("7");
            assertThat(event.payload().asText()).isEqualTo("a");
        });
        assertThat(decoder.decodeText("2[\"a\"]"))
                .isInstanceOfSatisfying(
                        Packet.Event.class,
                        event -> assertThat(event.payload().isNull()).isTrue());
    }

    @Test
    void attachmentsReplacePlaceholders() {
        byte[] one = {1, 2};
        byte[] two = {3};
        assertThat(decoder.decodeText("52-/chat,4[\"a\",{\"b\":{\"_placeholder\":true,\"num\":1}},"
                        + "{\"_placeholder\":true,\"num\":0}]"))
                .isNull();
        assertThat(decoder.decodeAttachment(one)).isNull();
        assertThat(decoder.decodeAttachment(two))
                .isEqualTo(new Packet.Event(
                        "/chat",
                        4L,
                        array("a")
                                .add(JSON.objectNode().set("b", JSON.binaryNode(two)))
                                .add(JSON.binaryNode(one))));
        assertThat(decoder.decodeText("2[\"next\"]")).isNotNull();
    }

    @Test
    void encodedPacketsRoundTrip() {
        for (Packet packet : List.of(
                new Packet.Connect("/", JSON.objectNode().put("sid", "s")),
                new Packet.Disconnect("/chat"),
                new Packet.Event("/", 3L, array("hallo", "안녕 \u001e \"")),
                new Packet.Event(
                        "/chat", null, array("bytes").add(JSON.arrayNode().add(JSON.binaryNode(new byte[9])))),
                new Packet.Ack("/chat", 0, array().add(JSON.binaryNode(new byte[] {7}))))) {
            Packet.Encoded encoded = packet.encode();
            assertThat(encoded.text()).startsWith("4");
            Packet read = decoder.decodeText(encoded.text().substring(1));
            for (byte[] attachment : encoded.attachments()) {
                assertThat(read).isNull();
                read = decoder.decodeAttachment(attachment);
            }
            assertThat(read).isEqualTo(packet);
        }
    }

    @Test
    void connectErrorIsEncoded() {
        assertThat(new Packet.ConnectError("/chat", JSON.objectNode().put("message", "no"))
                        .encode()
                        .text())
                .isEqualTo("44/chat,{\"message\":\"no\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "x",
                "abc",
                "8[\"a\"]", // unknown type
                "2",
                "2{}",
                "2[]",
                "2[{}]",
                "2[null]",
                "2[true]",
                "2[\"connect\"]",
                "2[\"disconnect\"]", // invalid event
                "2abc[\"a\"]",
                "2[\"a\"",
                "2[\"a\"]x",
                "2 12",
                "2/chat",
                "212", // no payload, or several
                "21234567890123456[\"a\"]", // id that is not exact in JavaScript
                "0[]",
                "0\"token\"",
                "0{",
                "1[]",
                "1/chat,{}", // invalid credentials, DISCONNECT with a payload
                "3[]",
                "3/chat,[]",
                "31",
                "31{}", // acknowledgement without an id or a payload
                "4{\"message\":\"no\"}", // CONNECT_ERROR is sent by servers only
                "5[\"a\"]",
                "5-[\"a\"]",
                "5x-[\"a\"]",
                "511-[\"a\"]",
                "5999999999-[\"a\"]",
                "6-1[]" // invalid number of attachments
            })
    void malformedPacketIsRejected(String text) {
        assertThatThrownBy(() -> decoder.decodeText(text)).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void placeholderWithoutAttachmentIsRejected() {
        for (String placeholder : List.of(
                "{\"_placeholder\":true,\"num\":1}",
                "{\"_placeholder\":true,\"num\":-1}",
                "{\"_placeholder\":true,\"num\":\"length\"}",
                "{\"_placeholder\":true}")) {
            PacketDecoder fresh = new PacketDecoder(1_000);
            assertThat(fresh.decodeText("51-[\"a\"," + placeholder + "]")).isNull();
            assertThatThrownBy(() -> fresh.decodeAttachment(new byte[1])).isInstanceOf(MalformedPacketException.class);
        }
    }

    @Test
    void unexpectedAttachmentOrTextIsRejected() {
        assertThatThrownBy(() -> decoder.decodeAttachment(new byte[1])).isInstanceOf(MalformedPacketException.class);
        assertThat(decoder.decodeText("51-[\"a\",{\"_placeholder\":true,\"num\":0}]"))
                .isNull();
        assertThatThrownBy(() -> decoder.decodeText("2[\"a\"]")).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void attachmentBytesAreLimitedPerPacket() {
        assertThat(decoder.decodeText("52-[\"a\",{\"_placeholder\":true,\"num\":0}]"))
                .isNull();
        assertThat(decoder.decodeAttachment(new byte[600])).isNull();
        assertThatThrownBy(() -> decoder.decodeAttachment(new byte[600])).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void nestingDepthIsLimited() {
        String deep = "[\"a\"," + "[".repeat(5_000) + "]".repeat(5_000) + "]";
        assertThatThrownBy(() -> decoder.decodeText("2" + deep)).isInstanceOf(MalformedPacketException.class);
    }

    private static ArrayNode array(String... texts) {
        ArrayNode array = JSON.arrayNode();
        for (String text : texts) {
            array.add(text);
        }
        return array;
    }
}
