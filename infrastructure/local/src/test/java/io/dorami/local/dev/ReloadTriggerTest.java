package io.dorami.local.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.dorami.local.process.PortProbe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReloadTriggerTest {

    private final AtomicInteger requests = new AtomicInteger();
    private final int port = PortProbe.findFree();
    private final URI address = URI.create("http://127.0.0.1:" + port + "/");
    private final HttpServer service = HttpServer.create();

    ReloadTriggerTest() throws IOException {
        service.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(500, -1); // the status after a failed compilation
            exchange.close();
        });
    }

    @AfterEach
    void stopService() {
        service.stop(0);
    }

    @Test
    void withoutChange_noRequestIsSent() throws IOException {
        startService();
        ReloadTrigger trigger = new ReloadTrigger(address, Duration.ZERO);

        trigger.poll();

        assertThat(requests).hasValue(0);
    }

    @Test
    void change_isFollowedByTwoRequests() throws IOException {
        startService();
        ReloadTrigger trigger = new ReloadTrigger(address, Duration.ZERO);

        trigger.schedule();
        for (int poll = 0; poll < 5; poll++) {
            trigger.poll();
        }

        assertThat(requests).hasValue(2);
    }

    @Test
    void secondRequest_waitsForTheScanInterval() throws IOException {
        startService();
        ReloadTrigger trigger = new ReloadTrigger(address, Duration.ofHours(1));

        trigger.schedule();
        trigger.poll();
        trigger.poll();
        assertThat(requests).hasValue(1);

        trigger.schedule(); // the next change does not wait
        trigger.poll();
        assertThat(requests).hasValue(2);
    }

    @Test
    void unreachableService_getsTheRequestsLater() throws IOException {
        ReloadTrigger trigger = new ReloadTrigger(address, Duration.ZERO);
        trigger.schedule();
        trigger.poll();

        startService();

        await().until(() -> {
            trigger.poll();
            return requests.get() == 2;
        });
    }

    private void startService() throws IOException {
        service.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        service.start();
    }
}
