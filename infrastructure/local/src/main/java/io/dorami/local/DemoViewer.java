package io.dorami.local;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.signing.AccessToken;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.UUID;

/** One of the demo's viewers: a real socket that watches and talks, and does not look at what it hears. */
final class DemoViewer {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final WebSocket socket;
    private final RoomId chat;

    private DemoViewer(WebSocket socket, StreamKey key) {
        this.socket = socket;
        this.chat = new RoomId(RoomType.CHAT, key);
    }

    static DemoViewer join(URI gateway, StreamKey key, User user, Secrets secrets) {
        URI address = URI.create("ws://" + gateway.getAuthority() + "/ws");
        WebSocket socket = HTTP.newWebSocketBuilder()
                .buildAsync(address, new WebSocket.Listener() {})
                .join();
        DemoViewer viewer = new DemoViewer(socket, key);
        String token = AccessToken.of(user).sign(secrets.jwt());
        viewer.send(new ClientRequest.Hello(null, ClientRequest.VERSION, token));
        viewer.send(new ClientRequest.Join(null, new RoomId(RoomType.STREAM, key)));
        viewer.send(new ClientRequest.Join(null, viewer.chat));
        return viewer;
    }

    void say(String message) {
        send(new ClientRequest.Send(null, chat, message, UUID.randomUUID().toString()));
    }

    void leave() {
        socket.abort();
    }

    /** A viewer whose connection broke says no more; the show goes on. */
    private void send(ClientRequest request) {
        if (!socket.isOutputClosed()) {
            socket.sendText(Json.write(request), true)
                    .exceptionally(e -> socket)
                    .join();
        }
    }
}
