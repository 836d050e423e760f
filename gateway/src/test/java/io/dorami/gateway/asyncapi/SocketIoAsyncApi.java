package io.dorami.gateway.asyncapi;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.events.ClientEvent;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.auth.UserRateLimiter;
import io.dorami.gateway.hub.DroppedMessage;
import io.dorami.gateway.socketio.ConnectedMessage;
import io.dorami.gateway.socketio.SocketIoEndpoint;
import io.dorami.gateway.socketio.SocketIoEventType;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Generator of the Socket.IO namespaces in {@code asyncapi.yaml}, from the same records as the JSON protocol. */
final class SocketIoAsyncApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Components of request records that the web client does not send, or expresses by the event's name. */
    private static final Set<String> OMITTED_COMPONENTS = Set.of("id", "room", "since");

    private static final String OFFSET_PATTERN =
            "^(-|[a-z]+:[A-Za-z0-9_-]+@[0-9]+-[0-9]+(,[a-z]+:[A-Za-z0-9_-]+@[0-9]+-[0-9]+)*)$";

    private final JsonSchemas schemas;

    SocketIoAsyncApi(JsonSchemas schemas) {
        this.schemas = schemas;
    }

    void describe(ObjectNode document) {
        document.withObject("/servers")
                .putObject("socketio")
                .put("host", "localhost:8080")
                .put("pathname", SocketIoEndpoint.PATH)
                .put("protocol", "socket.io")
                .put("description", "Engine.IO 4 and Socket.IO 5, over WebSocket and polling.");
        Stream.of(RoomType.values())
                .map(RoomType::namespace)
                .distinct()
                .sorted()
                .forEach(namespace -> describe(document, namespace));
    }

    private void describe(ObjectNode document, String namespace) {
        String name = channelName(namespace);
        ObjectNode channel = document.withObject("/channels")
                .putObject(name)
                .put("address", namespace)
                .put(
                        "description",
                        "A namespace. A message is the array of an event's arguments; a string at its end is the"
                                + " offset that socket.io-client sends when it reconnects. A requested acknowledgement"
                                + " is empty and confirms only that the event was received: success is an event.");
        channel.withArray("servers").addObject().put("$ref", "#/servers/socketio");
        channel.putObject("messages");
        AsyncApiDocument.operation(
                document,
                name,
                name + "-request",
                "receive",
                "Receive a client's request in " + namespace,
                requests(namespace));
        AsyncApiDocument.operation(
                document,
                name,
                name + "-event",
                "send",
                "Send an event to a client in " + namespace,
                events(namespace));
    }

    static String channelName(String namespace) {
        return "socketio" + namespace.replace("/", namespace.length() == 1 ? "" : "-");
    }

    private List<ObjectNode> requests(String namespace) {
        return Stream.of(SocketIoEventType.values())
                .filter(request -> request.roomType().namespace().equals(namespace))
                .map(request -> {
                    ObjectNode payload = schemas.object(
                            requestRecord(request), component -> !OMITTED_COMPONENTS.contains(component));
                    payload.withObject("/properties").set(request.keyField(), JsonSchemas.streamKey());
                    payload.withArray("required").add(request.keyField());
                    ObjectNode message = message(request.eventName(), payload, false);
                    UserRateLimiter.Action action = request.action();
                    return message.put(
                            "summary",
                            "Rate limit per user: " + action.rejectionMessage() + ". Acknowledged if requested.");
                })
                .toList();
    }

    private static Class<?> requestRecord(SocketIoEventType request) {
        return switch (request.action()) {
            case JOIN -> ClientRequest.Join.class;
            case LEAVE -> ClientRequest.Leave.class;
            case SEND -> ClientRequest.Send.class;
            case DELETE -> ClientRequest.Delete.class;
            case HELLO, MALFORMED -> throw new IllegalArgumentException("Not an event: " + request);
        };
    }

    private List<ObjectNode> events(String namespace) {
        Stream<ObjectNode> events = Stream.concat(
                        Stream.of(RoomEvent.class.getPermittedSubclasses()),
                        Stream.of(DirectEvent.class.getPermittedSubclasses()))
                .map(type -> type.asSubclass(ClientEvent.class))
                .filter(type -> belongsTo(AsyncApiDocument.blankEvent(type), namespace))
                .map(this::event);
        return Stream.concat(Stream.of(connectedMessage(namespace), dropped()), events)
                .sorted(Comparator.comparing(message -> message.path("name").asText()))
                .toList();
    }

    private static boolean belongsTo(ClientEvent event, String namespace) {
        RoomType roomType = event.roomType();
        return roomType == null || roomType.namespace().equals(namespace);
    }

    private ObjectNode connectedMessage(String namespace) {
        EventFrame frame = ConnectedMessage.frame(namespace, Optional.empty());
        ObjectNode data = frame.isFlat()
                ? schemas.reference(ConnectedMessage.class)
                : wrapped(frame.name(), ConnectedMessage.class);
        return message(frame.name(), data, true)
                .put("summary", "First event; sent in the same write as the reply to CONNECT.");
    }

    private ObjectNode dropped() {
        return message(DroppedMessage.NAME, schemas.reference(DroppedMessage.class), false)
                .put("summary", AsyncApiDocument.DROPPED_SUMMARY);
    }

    private ObjectNode event(Class<? extends ClientEvent> type) {
        ClientEvent event = AsyncApiDocument.blankEvent(type);
        ObjectNode data = event.isFlat() ? schemas.reference(type) : wrapped(event.name(), type);
        return message(event.name(), data, hasOffset(event)).put("summary", AsyncApiDocument.summary(event));
    }

    /** Returns true for events in a room's log, and for replies that change the rooms of a socket. */
    private static boolean hasOffset(ClientEvent event) {
        return switch (event) {
            case RoomEvent roomEvent -> roomEvent.delivery().isLogged();
            case DirectEvent directEvent -> directEvent.spec().membershipChange() != MembershipChange.NONE;
        };
    }

    private ObjectNode wrapped(String name, Class<?> type) {
        ObjectNode schema = JSON.objectNode().put("type", "object");
        schema.putObject("properties").putObject("type").put("const", name);
        schema.withObject("/properties").set("data", schemas.reference(type));
        schema.withArray("required").add("type").add("data");
        return schema;
    }

    private static ObjectNode message(String name, ObjectNode argument, boolean offset) {
        ObjectNode message = JSON.objectNode().put("name", name);
        ObjectNode payload = message.putObject("payload").put("type", "array");
        payload.withArray("items").add(argument);
        if (offset) {
            payload.withArray("items").addObject().put("type", "string").put("pattern", OFFSET_PATTERN);
        }
        payload.put("minItems", 1).put("additionalItems", false);
        return message;
    }
}
