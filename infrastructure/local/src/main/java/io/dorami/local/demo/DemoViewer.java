package io.dorami.local.demo;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.local.system.Secrets;
import io.dorami.signing.AccessToken;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.UUID;

/** A viewer of the demo: a real socket that joins and sends chat, and ignores the events that it receives. */
public final class DemoViewer {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final WebSocket socket;
    private final RoomId chatRoom;

    private DemoViewer(WebSocket socket, StreamKey key) {
        this.socket = socket;
        this.chatRoom = new RoomId(RoomType.CHAT, key);
    }

    public static DemoViewer join(URI gateway, StreamKey key, User user, Secrets secrets) {
        URI address = URI.create("ws://" + gateway.getAuthority() + "/ws");
        WebSocket socket = HTTP.newWebSocketBuilder()
                .buildAsync(address, new WebSocket.Listener() {})
                .join();
        DemoViewer viewer = new DemoViewer(socket, key);
        String token = AccessToken.of(user).sign(secrets.jwt());
        viewer.send(new ClientRequest.Hello(null, ClientRequest.PROTOCOL_VERSION, token));
        viewer.send(new ClientRequest.Join(null, new RoomId(RoomType.STREAM, key)));
        viewer.send(new ClientRequest.Join(null, viewer.chatRoom));
        return viewer;
    }

    public void sendMessage(String message) {
        send(new ClientRequest.Send(null, chatRoom, message, UUID.randomUUID().toString()));
    }

    public void leave() {
        socket.abort();
    }

    /** Sends nothing if the connection is closed, so that the show continues. */
    private void send(ClientRequest request) {
        if (!socket.isOutputClosed()) {
            socket.sendText(Json.write(request), true)
                    .exceptionally(e -> socket)
                    .join();
        }
    }
}
