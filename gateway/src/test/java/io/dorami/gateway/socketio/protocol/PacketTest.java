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

    private final PacketDecoder reader = new PacketDecoder(1_000);

    @Test
    void namespaceNumberAndPayloadAreFound() {
        assertThat(reader.text("0")).isEqualTo(new Packet.Connect("/", JSON.objectNode()));
        assertThat(reader.text("0/chat")).isEqualTo(new Packet.Connect("/chat", JSON.objectNode()));
        assertThat(reader.text("0/chat,{\"token\":\"t\"}"))
                .isEqualTo(new Packet.Connect("/chat", JSON.objectNode().put("token", "t")));
        assertThat(reader.text("1/chat,")).isEqualTo(new Packet.Disconnect("/chat"));
        assertThat(reader.text("2[\"a\"]")).isEqualTo(new Packet.Event("/", null, array("a")));
        assertThat(reader.text("2/chat,12[\"a\",\"b\"]")).isEqualTo(new Packet.Event("/chat", 12L, array("a", "b")));
        assertThat(reader.text("3/chat,13[]")).isEqualTo(new Packet.Ack("/chat", 13, array()));
    }

    @Test
    void aNamespacesQueryIsNoPartOfItsName() {
        assertThat(reader.text("0/chat?v=1,{}")).isEqualTo(new Packet.Connect("/chat", JSON.objectNode()));
    }

    @Test
    void anEventMayHaveANumberForAName() {
        assertThat(reader.text("2[7,\"a\"]")).isInstanceOfSatisfying(Packet.Event.class, event -> {
            assertThat(event.name()).isEqualTo("7");
            assertThat(event.payload().asText()).isEqualTo("a");
        });
        assertThat(reader.text("2[\"a\"]"))
                .isInstanceOfSatisfying(
                        Packet.Event.class,
                        event -> assertThat(event.payload().isNull()).isTrue());
    }

    @Test
    void attachmentsComeWhereTheirPlaceholdersStand() {
        byte[] one = {1, 2};
        byte[] two = {3};
        assertThat(reader.text("52-/chat,4[\"a\",{\"b\":{\"_placeholder\":true,\"num\":1}},"
                        + "{\"_placeholder\":true,\"num\":0}]"))
                .isNull();
        assertThat(reader.attachment(one)).isNull();
        assertThat(reader.attachment(two))
                .isEqualTo(new Packet.Event(
                        "/chat",
                        4L,
                        array("a")
                                .add(JSON.objectNode().set("b", JSON.binaryNode(two)))
                                .add(JSON.binaryNode(one))));
        assertThat(reader.text("2[\"next\"]")).isNotNull();
    }

    @Test
    void whatWasWrittenIsReadAgain() {
        for (Packet packet : List.of(
                new Packet.Connect("/", JSON.objectNode().put("sid", "s")),
                new Packet.Disconnect("/chat"),
                new Packet.Event("/", 3L, array("hallo", "안녕 \u001e \"")),
                new Packet.Event(
                        "/chat", null, array("bytes").add(JSON.arrayNode().add(JSON.binaryNode(new byte[9])))),
                new Packet.Ack("/chat", 0, array().add(JSON.binaryNode(new byte[] {7}))))) {
            Packet.Encoded encoded = packet.encode();
            assertThat(encoded.text()).startsWith("4");
            Packet read = reader.text(encoded.text().substring(1));
            for (byte[] attachment : encoded.attachments()) {
                assertThat(read).isNull();
                read = reader.attachment(attachment);
            }
            assertThat(read).isEqualTo(packet);
        }
    }

    @Test
    void whoIsRefusedIsTold() {
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
                "8[\"a\"]", // no such type
                "2",
                "2{}",
                "2[]",
                "2[{}]",
                "2[null]",
                "2[true]",
                "2[\"connect\"]",
                "2[\"disconnect\"]", // no event
                "2abc[\"a\"]",
                "2[\"a\"",
                "2[\"a\"]x",
                "2 12",
                "2/chat",
                "212", // no payload, or more than one
                "21234567890123456[\"a\"]", // a number that JavaScript has not exactly
                "0[]",
                "0\"token\"",
                "0{",
                "1[]",
                "1/chat,{}", // no credentials, and what has none
                "3[]",
                "3/chat,[]",
                "31",
                "31{}", // an acknowledgement of nothing, or without an answer
                "4{\"message\":\"no\"}", // only a server refuses
                "5[\"a\"]",
                "5-[\"a\"]",
                "5x-[\"a\"]",
                "511-[\"a\"]",
                "5999999999-[\"a\"]",
                "6-1[]" // attachments
            })
    void whatIsNoPacketIsRefused(String text) {
        assertThatThrownBy(() -> reader.text(text)).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void aPlaceholderNeedsItsAttachment() {
        for (String placeholder : List.of(
                "{\"_placeholder\":true,\"num\":1}",
                "{\"_placeholder\":true,\"num\":-1}",
                "{\"_placeholder\":true,\"num\":\"length\"}",
                "{\"_placeholder\":true}")) {
            PacketDecoder fresh = new PacketDecoder(1_000);
            assertThat(fresh.text("51-[\"a\"," + placeholder + "]")).isNull();
            assertThatThrownBy(() -> fresh.attachment(new byte[1])).isInstanceOf(MalformedPacketException.class);
        }
    }

    @Test
    void attachmentsComeWhenTheyAreAnnouncedAndNothingElseDoes() {
        assertThatThrownBy(() -> reader.attachment(new byte[1])).isInstanceOf(MalformedPacketException.class);
        assertThat(reader.text("51-[\"a\",{\"_placeholder\":true,\"num\":0}]")).isNull();
        assertThatThrownBy(() -> reader.text("2[\"a\"]")).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void allAttachmentsOfAPacketAreBoundedTogether() {
        assertThat(reader.text("52-[\"a\",{\"_placeholder\":true,\"num\":0}]")).isNull();
        assertThat(reader.attachment(new byte[600])).isNull();
        assertThatThrownBy(() -> reader.attachment(new byte[600])).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void nestingIsBounded() {
        String deep = "[\"a\"," + "[".repeat(5_000) + "]".repeat(5_000) + "]";
        assertThatThrownBy(() -> reader.text("2" + deep)).isInstanceOf(MalformedPacketException.class);
    }

    private static ArrayNode array(String... texts) {
        ArrayNode array = JSON.arrayNode();
        for (String text : texts) {
            array.add(text);
        }
        return array;
    }
}
