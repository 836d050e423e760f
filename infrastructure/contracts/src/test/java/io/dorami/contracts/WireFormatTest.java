package io.dorami.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.PublisherChange;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.DirectEvent.RequestRejected;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormatTest {

    private static final Instant NOW = Instant.parse("2026-02-28T12:00:00Z");
    private static final StreamKey KEY = new StreamKey("KEYA");
    private static final User KIM = new User("u1", "Kim", User.Role.USER);
    private static final Staff STAFF = new Staff(2, List.of(new Staff.Member("u2", Staff.Role.COHOST)));
    private static final ReplyTo REPLY_TO = new ReplyTo("gateway-1", "c1", "7");

    @Test
    void frame_encodedAndDecoded_keepsDataByteForByte() {
        EventFrame frame = new EventFrame("12-3", Delivery.DROPPABLE, false, "chat:message", "{\"a\":\"b c\\n\"}");
        assertThat(EventFrame.decode(frame.encode())).isEqualTo(frame);
        assertThat(EventFrame.decode("12-3", frame.body())).isEqualTo(frame);
    }

    @Test
    void frameWithoutPosition_decoded_hasNoPosition() {
        EventFrame frame = EventFrame.of(new RoomEvent.StreamEnded(KEY), "{}");
        assertThat(frame.encode()).isEqualTo("- s f stream:ended {}");
        assertThat(EventFrame.decode(frame.encode()).position()).isNull();
    }

    @Test
    void malformedFrame_decoded_isRejected() {
        for (String text : List.of("", "x", "- s", "- x f name {}", "- s f name")) {
            assertThatThrownBy(() -> EventFrame.decode(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void reply_encodedAndDecoded_keepsFramesInOrder() {
        EventFrame history = new EventFrame(null, Delivery.RELIABLE, false, "chat:history", "{\"messages\":[]}");
        EventFrame success = new EventFrame(null, Delivery.RELIABLE, false, "chat:join-room:success", "{}");
        Reply reply = new Reply(
                REPLY_TO, RoomId.parse("chat:KEYA"), MembershipChange.JOINED, "5-0", List.of(history), success);
        assertThat(Reply.decode(reply.encode())).isEqualTo(reply);
    }

    @Test
    void everyInboxMessageSurvivesSerialisation() {
        List<InboxMessage> messages = List.of(
                new ChatCommand.JoinChat(KEY, KIM, REPLY_TO, true),
                new ChatCommand.ReadChat(KEY, REPLY_TO, false),
                new ChatCommand.LeaveChat(KEY, KIM, REPLY_TO, false),
                new ChatCommand.SendChat(KEY, KIM, REPLY_TO, "c-1", "Hi", null),
                new ChatCommand.DeleteChat(KEY, KIM, REPLY_TO, UUID.randomUUID().toString()),
                new ChatCommand.ModerateChat(
                        KEY,
                        KIM,
                        REPLY_TO,
                        UUID.randomUUID(),
                        new ChatModeration.TimeOut("u2", NOW),
                        new ChatRoom(3, "u1", ChatPolicy.UNRESTRICTED),
                        false,
                        NOW),
                new ChatCommand.ApplyStaff(KEY, new ChatRoom(4, "u1", ChatPolicy.UNRESTRICTED, null, STAFF)),
                new PublisherChange.PublisherConnected(KEY, "9r59283i", "q9858659", 1),
                new PublisherChange.PublisherDisconnected(KEY, "9r59283i", "q9858659"),
                new StreamLifecycle.StreamRegistered(KEY, "u1", NOW),
                new StreamLifecycle.StreamWentLive(KEY, "u1", NOW),
                new StreamLifecycle.StreamWentOffline(KEY, "u1", NOW),
                new StreamLifecycle.StaffChanged(KEY, "u1", NOW, STAFF));
        assertThat(messages)
                .allSatisfy(message -> assertThat(Json.read(Json.write(message), InboxMessage.class))
                        .isEqualTo(message));
        assertThat(messages.stream().map(Object::getClass))
                .as("add new messages to this test")
                .containsAll(leaves(InboxMessage.class).toList());
    }

    @Test
    void messageOfOtherInbox_isRejected() {
        String lifecycleEvent = Json.write(new StreamLifecycle.StreamWentLive(KEY, "u1", NOW));
        assertThat(Json.read(lifecycleEvent, InboxAddress.CHAT.messageType()))
                .isEqualTo(Json.read(lifecycleEvent, InboxAddress.PRODUCT.messageType()));
        assertThatThrownBy(() -> Json.read(lifecycleEvent, InboxAddress.STREAM.messageType()))
                .isInstanceOf(IllegalArgumentException.class);
        String command = Json.write(new ChatCommand.LeaveChat(KEY, KIM, REPLY_TO, false));
        assertThatThrownBy(() -> Json.read(command, InboxAddress.VIEWER.messageType()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void renamedComponents_keepWireNames() {
        assertThat(Json.write(KIM)).isEqualTo("{\"id\":\"u1\",\"name\":\"Kim\",\"role\":\"USER\"}");
        assertThat(Json.write(new RoomEvent.StreamEnded(KEY))).isEqualTo("{\"streamKey\":\"KEYA\"}");
        assertThat(Json.write(new ChatCommand.JoinChat(KEY, KIM, REPLY_TO, true)))
                .contains("\"again\":true");
        assertThat(Json.write(new ChatCommand.LeaveChat(KEY, KIM, REPLY_TO, true)))
                .contains("\"gone\":true");
        assertThat(Json.write(new PublisherChange.PublisherDisconnected(KEY, "c1", "i1")))
                .contains("\"client\":\"c1\"", "\"run\":\"i1\"");
        assertThat(Json.write(new Reply.Head(REPLY_TO, RoomId.parse("chat:KEYA"), MembershipChange.JOINED, null)))
                .contains("\"effect\":\"JOINED\"");
        assertThat(Json.write(ChatPolicy.UNRESTRICTED)).doesNotContain("nrestricted");
    }

    @Test
    void everySubtypeHasWireName() {
        for (Class<?> type : List.of(InboxMessage.class, ClientRequest.class)) {
            Set<Class<?>> subtypes = Arrays.stream(
                            type.getAnnotation(JsonSubTypes.class).value())
                    .map(JsonSubTypes.Type::value)
                    .collect(Collectors.toSet());
            assertThat(subtypes)
                    .containsExactlyInAnyOrderElementsOf(leaves(type).toList());
        }
    }

    @Test
    void productEvent_serialised_isBareProduct() {
        Product product = new Product(
                UUID.randomUUID(),
                KEY,
                "Cup",
                new BigDecimal("29.90"),
                3,
                List.of("red"),
                List.of(),
                null,
                List.of(),
                0,
                true,
                null,
                null,
                null,
                null,
                new BigDecimal("0.00"),
                false,
                10,
                false,
                Product.Status.AVAILABLE,
                NOW,
                NOW,
                null,
                1);
        assertThat(Json.write(new RoomEvent.ProductAdded(product)))
                .isEqualTo(Json.write(product))
                .contains("\"price\":29.90", "\"isNew\":true", "\"createdAt\":\"2026-02-28T12:00:00Z\"")
                .doesNotContain("imageUrl");
    }

    @Test
    void invalidClientRequest_isRejectedWithErrorCode() {
        assertRejected("{\"type\":\"join\"}", ErrorCode.VALIDATION_ERROR);
        assertRejected("{\"type\":\"join\",\"room\":\"kitchen:KEYA\"}", ErrorCode.INVALID_ROOM);
        assertRejected("{\"type\":\"join\",\"room\":\"admins:all\"}", ErrorCode.INVALID_ROOM);
        assertRejected("{\"type\":\"leave\",\"room\":\"platform:all\"}", ErrorCode.INVALID_ROOM);
        assertRejected("{\"type\":\"join\",\"room\":\"chat:a b\"}", ErrorCode.INVALID_STREAM_KEY);
        assertRejected("{\"type\":\"send\",\"room\":\"shop:KEYA\",\"message\":\"x\"}", ErrorCode.INVALID_ROOM);
        assertRejected(
                "{\"type\":\"join\",\"room\":\"chat:KEYA\",\"id\":\"" + "x".repeat(65) + "\"}",
                ErrorCode.VALIDATION_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"F\":null", ",\"F\":5", ",\"F\":true", ",\"F\":[\"x\"]", ",\"F\":{\"a\":{}}"})
    void valueThatIsNotText_isRejectedWithCodeOfField(String value) {
        assertRejected(
                "{\"type\":\"send\",\"room\":\"chat:KEYA\"" + value.replace("F", "message") + "}",
                ErrorCode.INVALID_MESSAGE);
        assertRejected(
                "{\"type\":\"delete\",\"room\":\"chat:KEYA\"" + value.replace("F", "messageId") + "}",
                ErrorCode.INVALID_MESSAGE_ID);
    }

    @Test
    void rejection_namesRefusedMessage_unlessItsIdIsTooLong() {
        assertThat(Json.write(RequestRejected.of(ErrorCode.BUSY, "Retry", "m-1", NOW)))
                .contains("\"clientMessageId\":\"m-1\"");
        assertThat(Json.write(RequestRejected.of(ErrorCode.BUSY, "Retry", "x".repeat(65), NOW)))
                .doesNotContain("clientMessageId");
        assertThat(Json.write(RequestRejected.of(ErrorCode.BUSY, "Retry", NOW))).doesNotContain("clientMessageId");
    }

    private static void assertRejected(String json, ErrorCode code) {
        assertThatThrownBy(() -> Json.read(json, ClientRequest.class))
                .as(json)
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static Stream<Class<?>> leaves(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(WireFormatTest::leaves)
                : Stream.of(type);
    }
}
