package io.dorami.local.media;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves HLS files on loopback at the paths and with the media types of SRS, on machines without SRS. */
public final class HlsFileServer {

    /** Folder of the files and first part of their paths, as SRS has it for the application of RTMP addresses. */
    static final String APPLICATION = "live";

    private static final String PATH = "/" + APPLICATION + "/";
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-]{1,110}\\.(m3u8|ts)");

    private final Path folder;

    private HlsFileServer(Path folder) {
        this.folder = folder;
    }

    /** Serves the folder until this process exits. */
    public static void start(Path folder, int port) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            server.createContext(PATH, new HlsFileServer(folder.resolve(APPLICATION))::serve);
            // A slow viewer occupies a thread; the gateway, the only client, has at most 1,000 connections.
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Matcher name = FILE_NAME.matcher(exchange.getRequestURI().getPath().substring(PATH.length()));
            if (!name.matches()) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            // Of an open file, the length and the content belong together, although FFmpeg replaces the playlist.
            try (FileChannel file = FileChannel.open(folder.resolve(name.group()), StandardOpenOption.READ)) {
                exchange.getResponseHeaders()
                        .set(
                                "Content-Type",
                                name.group(1).equals("ts") ? "video/mp2t" : "application/vnd.apple.mpegurl");
                if (exchange.getRequestMethod().equals("HEAD")) {
                    exchange.getResponseHeaders().set("Content-Length", Long.toString(file.size()));
                    exchange.sendResponseHeaders(200, -1);
                } else {
                    exchange.sendResponseHeaders(200, file.size());
                    Channels.newInputStream(file).transferTo(exchange.getResponseBody());
                }
            } catch (NoSuchFileException e) {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }
}
